#!lua name=jiaohao_journal
-- What has to happen in one step. Keys and arguments are as in redis_streams.py.

-- head(epoch to draw): the head, with that epoch where there was none.
local function head(keys, args)
  if redis.call('HSETNX', keys[1], 'epoch', args[1]) == 1 then
    redis.call('HSET', keys[1], 'seq', '0', 'tip', '')
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'tip')
end

-- Whoever listens hears of a batch; entry: its fields, as `append` writes them.
local function publish(channel, kind, epoch, last, entry)
  local first = last - entry[2] + 1
  redis.call('SPUBLISH', channel, cmsgpack.pack(
    {kind, epoch, first, tonumber(last), entry[4], entry[6], entry[8], entry[10], entry[12]}))
end

-- append("now" to publish it, kind, seal, epoch, seq, tip, last, next tip, events, command id, fingerprint, mark, data):
-- 1 and the new head; 0 and the one that stands there instead; 2 and the stream's seal where it is another. Sent again,
-- it finds what it wrote and answers as the first time.
local function append(keys, args)
  local when, kind, seal, epoch, seq, tip, last, next_tip, count, id, print, mark, data = unpack(args)
  local now = redis.call('HMGET', keys[2], 'epoch', 'seq', 'tip', 'seal')
  local stale = now[1] ~= epoch or now[2] ~= seq or now[3] ~= tip
  if stale then
    local there = now[1] == epoch and redis.call('XRANGE', keys[1], last .. '-0', last .. '-0')[1]
    if there and there[2][4] == next_tip and there[2][6] == id then
      return {1, epoch, last, next_tip}
    end
  end
  if (now[4] or '') ~= seal then
    return {2, now[4] or ''}
  end
  if stale then
    return {0, now[1], now[2], now[3]}
  end
  local entry = {'n', count, 't', next_tip, 'c', id, 'f', print, 'm', mark, 'e', data}
  redis.call('XADD', keys[1], last .. '-0', unpack(entry))
  redis.call('HSET', keys[2], 'seq', last, 'tip', next_tip)
  if mark ~= '' then
    redis.call('RPUSH', keys[3], string.format('%d %s', last - count + 1, mark))
  end
  if when == 'now' then
    publish(keys[4], kind, epoch, last, entry)
  end
  return {1, epoch, last, next_tip}
end

-- announce(kind, epoch, last): publish the batch that ends there.
local function announce(keys, args)
  local there = redis.call('XRANGE', keys[1], args[3] .. '-0', args[3] .. '-0')[1]
  if there then
    publish(keys[2], args[1], args[2], args[3], there[2])
  end
end

-- renew(epoch, instead of): the head, under the new epoch where it stood under that one.
local function renew(keys, args)
  if redis.call('HGET', keys[1], 'epoch') == args[2] then
    redis.call('HSET', keys[1], 'epoch', args[1])
  end
  return redis.call('HMGET', keys[1], 'epoch', 'seq', 'tip')
end

-- seal(seal): nobody writes from now on but who names it.
local function seal(keys, args)
  return redis.call('HSET', keys[1], 'seal', args[1])
end

-- adopt(epoch, seal): 1 where the stream waits for that history now, or went on waiting; 0 where it has one.
local function adopt(keys, args)
  local now = redis.call('HMGET', keys[1], 'epoch', 'seq', 'seal')
  if not now[1] then
    redis.call('HSET', keys[1], 'seq', '0', 'tip', '')
  elseif now[2] ~= '0' and (now[1] ~= args[1] or (now[3] or '') == '') then
    return 0
  end
  redis.call('HSET', keys[1], 'epoch', args[1], 'seal', args[2])
  return 1
end

-- register(name): in the order in which they come.
local function register(keys, args)
  return redis.call('ZADD', keys[1], 'NX', redis.call('ZCARD', keys[1]), args[1])
end

-- trim(seq, tip): forget the batches up to that place, if it is one of this history; else another was first.
local function trim(keys, args)
  local batch = redis.call('XRANGE', keys[1], args[1], args[1])[1]
  if batch and batch[2][4] == args[2] then
    redis.call('XTRIM', keys[1], 'MINID', string.format('%d-0', args[1] + 1))
  end
end

local function register_with(flags, name, work)
  redis.register_function({function_name = 'jiaohao_' .. name, callback = work, flags = flags})
end

register_with({}, 'head', head)
register_with({}, 'append', append)
register_with({}, 'adopt', adopt)
register_with({}, 'register', register)

-- A Redis that is full does these all the same: what makes it emptier, what is lost or leaves for another journal, and
-- what tells of a batch that was still taken.
register_with({'allow-oom'}, 'announce', announce)
register_with({'allow-oom'}, 'renew', renew)
register_with({'allow-oom'}, 'seal', seal)
register_with({'allow-oom'}, 'trim', trim)
