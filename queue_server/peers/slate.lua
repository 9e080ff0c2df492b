#!lua name=jiaohao_slate
-- Keys and arguments are as in slate.py.

-- swap(before, after, ms): 1 where `before` stood there, or `after` did already, and does now; '' is nothing.
redis.register_function('jiaohao_swap', function(keys, args)
  local now = redis.call('GET', keys[1]) or ''
  if now ~= args[1] then
    return now == args[2] and 1 or 0
  end
  if args[2] == '' then
    redis.call('DEL', keys[1])
  else
    redis.call('SET', keys[1], args[2], 'PX', args[3])
  end
  return 1
end)
