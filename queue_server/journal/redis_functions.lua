#!lua name=jiaohao_journal
-- What has to happen in one step. Keys and arguments are as in redis_streams.py.

-- head(epoch to draw): the head, with that epoch where there was none.
local function head(keys, args)
  if redis.call('HSETNX', keys[1], 'epoch', args[1]) == 1 then
    redis.call('HSET', keys[1], 'seq', '0', 'tip', '')
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'tip')
end

-- append(kind, epoch, seq, tip, last, next tip, events, command id, fingerprint, mark, data): 1 and the new head; 0 and
-- the one that stands there instead. Sent again, it finds what it wrote and answers as the first time.
local function append(keys, args)
  local kind, epoch, seq, tip, last, next_tip, count, id, print, mark, data = unpack(args)
  local now = redis.call('HMGET', keys[2], 'epoch', 'seq', 'tip')
  if now[1] ~= epoch or now[2] ~= seq or now[3] ~= tip then
    local there = now[1] == epoch and redis.call('XRANGE', keys[1], last .. '-0', last .. '-0')[1]
    if there and there[2][4] == next_tip and there[2][6] == id then
      return {1, epoch, last, next_tip}
    end
    return {0, now[1], now[2], now[3]}
  end
  redis.call('XADD', keys[1], last .. '-0', 'n', count, 't', next_tip, 'c', id, 'f', print, 'm', mark, 'e', data)
  redis.call('HSET', keys[2], 'seq', last, 'tip', next_tip)
  local first = last - count + 1
  if mark ~= '' then
    redis.call('RPUSH', keys[3], string.format('%d %s', first, mark))
  end
  redis.call('SPUBLISH', keys[4],
    cmsgpack.pack({kind, epoch, first, tonumber(last), next_tip, id, print, mark, data}))
  return {1, epoch, last, next_tip}
end

-- renew(epoch, instead of): the head, under the new epoch where it stood under that one.
local function renew(keys, args)
  if redis.call('HGET', keys[1], 'epoch') == args[2] then
    redis.call('HSET', keys[1], 'epoch', args[1])
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'tip')
end

-- register(name): in the order in which they come.
local function register(keys, args)
  return redis.call('ZADD', keys[1], 'NX', redis.call('ZCARD', keys[1]), args[1])
end

redis.register_function('jiaohao_head', head)
redis.register_function('jiaohao_append', append)
redis.register_function('jiaohao_renew', renew)
redis.register_function('jiaohao_register', register)
