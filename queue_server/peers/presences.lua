#!lua name=jiaohao_presences
-- Keys and arguments are as in presences.py.

-- beat(server, ms that a gap may last, ms after which a server is forgotten): 1 where the server was not known; the time
-- in ms; since when there was no gap; and every server with the time of its last beat. Times are Redis's own.
redis.register_function('jiaohao_beat', function(keys, args)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local last = redis.call('ZRANGE', keys[1], -1, -1, 'WITHSCORES')[2]
  if not last or now - last > tonumber(args[2]) or redis.call('EXISTS', keys[2]) == 0 then
    redis.call('SET', keys[2], now)
  end
  local is_new = redis.call('ZADD', keys[1], now, args[1])
  redis.call('ZREMRANGEBYSCORE', keys[1], '-inf', now - args[3])
  return {is_new, now, redis.call('GET', keys[2]), redis.call('ZRANGE', keys[1], 0, -1, 'WITHSCORES')}
end)
