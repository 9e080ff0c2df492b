#!lua name=jiaohao_leases
-- Keys and arguments are as in leases.py. A Redis that is full gives leases all the same: whoever makes it emptier
-- works under one.

-- lease(holder, ms): 1 when the lease is the holder's for so long from now; 0 when it is another's.
local function lease(keys, args)
  local holder = redis.call('GET', keys[1])
  if holder and holder ~= args[1] then
    return 0
  end
  redis.call('SET', keys[1], args[1], 'PX', args[2])
  return 1
end

-- release(holder): the lease is nobody's, if it was the holder's.
local function release(keys, args)
  return redis.call('GET', keys[1]) == args[1] and redis.call('DEL', keys[1]) or 0
end

redis.register_function({function_name = 'jiaohao_lease', callback = lease, flags = {'allow-oom'}})
redis.register_function({function_name = 'jiaohao_release', callback = release, flags = {'allow-oom'}})
