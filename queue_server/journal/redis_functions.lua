#!lua name=jiaohao_journal
-- What has to happen in one step. Keys and arguments are as in redis_streams.py.

-- head(epoch to draw): the head, with that epoch where there was none.
local function head(keys, args)
  if redis.call('HSETNX', keys[1], 'epoch', args[1]) == 1 then
    redis.call('HSET', keys[1], 'seq', '0', 'tip', '')
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'tip')
end

-- append(epoch, seq, tip, last, next tip, events, command id, fingerprint, mark, data): 1 and the new head; 0 and the
-- one that stands there instead.
local function append(keys, args)
  local now = redis.call('HMGET', keys[2], 'epoch', 'seq', 'tip')
  if now[1] ~= args[1] or now[2] ~= args[2] or now[3] ~= args[3] then
    return {0, now[1], now[2], now[3]}
  end
  redis.call('XADD', keys[1], args[4] .. '-0',
    'n', args[6], 't', args[5], 'c', args[7], 'f', args[8], 'm', args[9], 'e', args[10])
  redis.call('HSET', keys[2], 'seq', args[4], 'tip', args[5])
  if args[9] ~= '' then
    redis.call('RPUSH', keys[3], string.format('%d %s', args[4] - args[6] + 1, args[9]))
  end
  return {1, now[1], args[4], args[5]}
end

-- renew(epoch): the head under a new epoch.
local function renew(keys, args)
  redis.call('HSET', keys[1], 'epoch', args[1])
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
