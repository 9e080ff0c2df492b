#!lua name=jiaohao_history
-- What has to happen in one step. Keys and arguments are as in redis_history.py; each answers 1, or 0 when the hall is
-- not at the place that it was expected at, and nothing was done.

local function is_at(key, place)
  return (redis.call('HGET', key, 'place') or '') == place
end

-- begin(place before, place, kept): nothing but that, of this version and of the one before it.
local function begin(keys, args)
  if not is_at(keys[1], args[1]) then
    return 0
  end
  redis.call('UNLINK', keys[1], keys[2])
  redis.call('HSET', keys[1], 'place', args[2], 'kept', args[3])
  return 1
end

-- add(place before, place, how many fields go, field ..., field, value, ...)
local function add(keys, args)
  if not is_at(keys[1], args[1]) then
    return 0
  end
  local gone = tonumber(args[3])
  for i = 4, 3 + gone do
    redis.call('HDEL', keys[1], args[i])
  end
  redis.call('HDEL', keys[1], 'standing')
  redis.call('HSET', keys[1], 'place', args[2], unpack(args, 4 + gone))
  return 1
end

-- put_away(place, standing)
local function put_away(keys, args)
  if not is_at(keys[1], args[1]) then
    return 0
  end
  redis.call('HSET', keys[1], 'standing', args[2])
  return 1
end

redis.register_function('jiaohao_history_begin', begin)
redis.register_function('jiaohao_history_add', add)
redis.register_function('jiaohao_history_put_away', put_away)
