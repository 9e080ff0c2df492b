#!lua name=jiaohao_throttle
-- Keys and arguments are as in throttle.py. Each key is a list of times in ms, the oldest first.

-- attempt(ms of the window, most for the first key, most for the second …): 0 where it was counted under every key, else
-- the ms to wait.
redis.register_function('jiaohao_attempt', function(keys, args)
  local time = redis.call('TIME')
  local now, window, wait = time[1] * 1000 + math.floor(time[2] / 1000), tonumber(args[1]), 0
  for i, key in ipairs(keys) do
    local oldest = redis.call('LINDEX', key, 0)
    while oldest and oldest + window <= now do
      redis.call('LPOP', key)
      oldest = redis.call('LINDEX', key, 0)
    end
    if redis.call('LLEN', key) >= tonumber(args[i + 1]) then
      wait = math.max(wait, oldest + window - now)
    end
  end
  if wait == 0 then
    for _, key in ipairs(keys) do
      redis.call('RPUSH', key, now)
      redis.call('PEXPIRE', key, window)
    end
  end
  return wait
end)

-- succeeded(): the first key starts over, the second loses the last attempt.
redis.register_function('jiaohao_succeeded', function(keys, args)
  redis.call('DEL', keys[1])
  redis.call('RPOP', keys[2])
  return 1
end)
