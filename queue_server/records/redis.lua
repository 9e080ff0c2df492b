#!lua name=jiaohao_records
-- What has to happen in one step. The one key that each takes is what all keys of the records begin with; which there
-- are, and what they hold, stands in redis.py. What another part of a key is, and all else, comes as arguments.

local function call(...) -- redis.call is not there yet while this is loaded
  return redis.call(...)
end

local MOST = 1000 -- what is swept at once: a sweep after a long time must not hold everybody else up

-- Accounts and sessions

-- Numbers go with the time: after a fail-over that lost the last of them, others follow that nobody has asked with.
local function has_ended(records, token)
  local time = call('TIME')
  local last = tonumber(call('GET', records .. ':ended:last') or 0)
  local number = math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000))
  call('SET', records .. ':ended:last', number)
  call('ZADD', records .. ':ended', number, token)
end

local function end_session(records, token)
  local session = call('GETDEL', records .. ':session:' .. token)
  call('ZREM', records .. ':sessions:ends', token)
  call('ZREM', records .. ':sessions:seen', token)
  if not session then
    return 0
  end
  call('SREM', records .. ':sessions:of:' .. cmsgpack.unpack(session)[1], token)
  has_ended(records, token)
  return 1
end

local function end_sessions(records, account)
  local ended = 0
  for _, token in ipairs(call('SMEMBERS', records .. ':sessions:of:' .. account)) do
    ended = ended + end_session(records, token)
  end
  return ended
end

-- Note of which halls an account is. command: SADD or SREM.
local function in_halls(records, command, id, account)
  for _, hall in ipairs(account.halls) do
    call(command, records .. ':accounts:of:' .. hall, id)
  end
end

-- add_account(id, login name, account, password hash): 0 when the name or id is another's. The same again adds nothing.
local function add_account(keys, args)
  local records = keys[1]
  local there = call('HGET', records .. ':accounts', args[1])
  if there or call('HEXISTS', records .. ':users', args[2]) == 1 then
    return there == args[3] and call('HGET', records .. ':passwords', args[1]) == args[4] and 1 or 0
  end
  call('HSET', records .. ':users', args[2], args[1])
  call('HSET', records .. ':accounts', args[1], args[3])
  call('HSET', records .. ':passwords', args[1], args[4])
  in_halls(records, 'SADD', args[1], cmsgpack.unpack(args[3]))
  return 1
end

-- credentials(login name): account and password hash; nothing when there is none.
local function credentials(keys, args)
  local records = keys[1]
  local id = call('HGET', records .. ':users', args[1])
  return id and {call('HGET', records .. ':accounts', id), call('HGET', records .. ':passwords', id)}
end

-- update_account(id, account): 0 when there is none.
local function update_account(keys, args)
  local records = keys[1]
  local old = call('HGET', records .. ':accounts', args[1])
  if not old then
    return 0
  end
  local was, is = cmsgpack.unpack(old), cmsgpack.unpack(args[2])
  if is.disabled or is.role ~= was.role or cmsgpack.pack(is.halls) ~= cmsgpack.pack(was.halls) then
    end_sessions(records, args[1])
  end
  in_halls(records, 'SREM', args[1], was)
  in_halls(records, 'SADD', args[1], is)
  call('HSET', records .. ':accounts', args[1], args[2])
  return 1
end

-- hall_accounts(hall)
local function hall_accounts(keys, args)
  local ids = call('SMEMBERS', keys[1] .. ':accounts:of:' .. args[1])
  return #ids == 0 and {} or call('HMGET', keys[1] .. ':accounts', unpack(ids))
end

-- delete_account(id): 0 when there is none.
local function delete_account(keys, args)
  local records = keys[1]
  local found = call('HGET', records .. ':accounts', args[1])
  if not found then
    return 0
  end
  local account = cmsgpack.unpack(found)
  end_sessions(records, args[1])
  in_halls(records, 'SREM', args[1], account)
  call('HDEL', records .. ':users', account.user)
  for _, kind in ipairs({'accounts', 'passwords', 'photos', 'photos:digests'}) do
    call('HDEL', records .. ':' .. kind, args[1])
  end
  return 1
end

-- replace_password(id, hash): 0 when there is no such account.
local function replace_password(keys, args)
  local records = keys[1]
  end_sessions(records, args[1])
  if call('HEXISTS', records .. ':passwords', args[1]) == 0 then
    return 0
  end
  call('HSET', records .. ':passwords', args[1], args[2])
  return 1
end

-- renew_password_hash(id, old, new)
local function renew_password_hash(keys, args)
  if call('HGET', keys[1] .. ':passwords', args[1]) == args[2] then
    call('HSET', keys[1] .. ':passwords', args[1], args[3])
  end
end

-- add_session(token, account, session, end, last use, forgotten at): nothing where the account may not sign in.
local function add_session(keys, args)
  local records, token, account = keys[1], args[1], args[2]
  local found = call('HGET', records .. ':accounts', account)
  if not found or cmsgpack.unpack(found).disabled then
    return
  end
  local session, all = records .. ':session:' .. token, records .. ':sessions:of:' .. account
  call('SET', session, args[3], 'PXAT', args[6])
  call('SADD', all, token)
  call('PEXPIREAT', all, args[6], 'NX')
  call('PEXPIREAT', all, args[6], 'GT')
  call('ZADD', records .. ':sessions:ends', args[4], token)
  call('ZADD', records .. ':sessions:seen', args[5], token)
end

-- delete_session(token): how many there were.
local function delete_session(keys, args)
  return end_session(keys[1], args[1])
end

-- delete_sessions(account): how many there were.
local function delete_sessions(keys, args)
  return end_sessions(keys[1], args[1])
end

-- sweep_sessions(now, unused since, how many ended tokens to keep): how many were looked at, which may be all that are
-- looked at in one step, and how many of them there still were.
local function sweep_sessions(keys, args)
  local records, looked, deleted = keys[1], 0, 0
  local swept = call('ZRANGE', records .. ':ended', -1 - args[3], -1 - args[3], 'WITHSCORES')[2]
  if swept then
    call('SET', records .. ':ended:swept', swept)
    call('ZREMRANGEBYSCORE', records .. ':ended', '-inf', swept)
  end
  for _, old in ipairs({{'ends', args[1]}, {'seen', '(' .. args[2]}}) do
    for _, token in ipairs(call('ZRANGEBYSCORE', records .. ':sessions:' .. old[1], '-inf', old[2], 'LIMIT', 0, MOST)) do
      looked, deleted = looked + 1, deleted + end_session(records, token)
    end
  end
  return {looked, deleted}
end

-- Devices and tokens

-- add_device(id, token, hall, device): 0 when the id or token is another's. The same again adds nothing.
local function add_device(keys, args)
  local records, id, token = keys[1], args[1], args[2]
  local there, holder = call('HGET', records .. ':devices', id), call('HGET', records .. ':tokens', token)
  if there or holder then
    return there == args[4] and holder == id and 1 or 0
  end
  call('HSET', records .. ':devices', id, args[4])
  call('HSET', records .. ':tokens', token, id)
  call('HSET', records .. ':devices:tokens', id, token)
  call('ZADD', records .. ':devices:seen', 0, id)
  call('RPUSH', records .. ':devices:all', id)
  call('RPUSH', records .. ':devices:of:' .. args[3], id)
  return 1
end

-- revoke_device(id, when): 0 when there is none.
local function revoke_device(keys, args)
  if call('HEXISTS', keys[1] .. ':devices', args[1]) == 0 then
    return 0
  end
  if call('HSETNX', keys[1] .. ':devices:revoked', args[1], args[2]) == 1 then
    has_ended(keys[1], call('HGET', keys[1] .. ':devices:tokens', args[1]))
  end
  return 1
end

-- What is stored of devices, in the order of their ids: the devices, when they were revoked, when last used.
local function stored_devices(records, ids)
  if #ids == 0 then
    return {{}, {}, {}}
  end
  return {
    call('HMGET', records .. ':devices', unpack(ids)),
    call('HMGET', records .. ':devices:revoked', unpack(ids)),
    call('ZMSCORE', records .. ':devices:seen', unpack(ids)),
  }
end

-- devices(id, …): see above.
local function devices(keys, args)
  return stored_devices(keys[1], args)
end

-- holders(token, …): in their order, sessions, when they were last used, their accounts; and as above.
local function holders(keys, tokens)
  local records, names, accounts = keys[1], {}, {}
  for i, token in ipairs(tokens) do
    names[i] = records .. ':session:' .. token
  end
  local sessions = call('MGET', unpack(names))
  local ids = call('HMGET', records .. ':tokens', unpack(tokens))
  for i, session in ipairs(sessions) do
    accounts[i] = session and cmsgpack.unpack(session)[1] or ''
    ids[i] = ids[i] or ''
  end
  return {
    sessions,
    call('ZMSCORE', records .. ':sessions:seen', unpack(tokens)),
    call('HMGET', records .. ':accounts', unpack(accounts)),
    unpack(stored_devices(records, ids)),
  }
end

-- ended(after): the number of the last ended token, and the tokens after that one; nothing where not all are known.
local function ended(keys, args)
  local tokens, after = keys[1] .. ':ended', tonumber(args[1])
  local last = tonumber(call('GET', tokens .. ':last') or 0)
  if after > last or after < tonumber(call('GET', tokens .. ':swept') or 0) then
    return {last}
  end
  return {last, call('ZRANGEBYSCORE', tokens, '(' .. args[1], '+inf')}
end

-- touch(token, when, …): later than before only.
local function touch(keys, args)
  local records = keys[1]
  for i = 1, #args, 2 do
    call('ZADD', records .. ':sessions:seen', 'XX', 'GT', args[i + 1], args[i])
    local device = call('HGET', records .. ':tokens', args[i])
    if device then
      call('ZADD', records .. ':devices:seen', 'XX', 'GT', args[i + 1], device)
    end
  end
end

-- Notes

local function keep_note(records, ref, ends, forgotten_at)
  call('ZREM', records .. ':notes:drafts', ref)
  call('ZADD', records .. ':notes:kept', ends, ref)
  call('PEXPIREAT', records .. ':note:' .. ref, forgotten_at)
end

local function forget_note(records, ref)
  call('ZREM', records .. ':notes:drafts', ref)
  call('ZREM', records .. ':notes:kept', ref)
  return call('DEL', records .. ':note:' .. ref)
end

-- put_note(ref, note, end, confirmed, forgotten at): 0 when that is the ref of another.
local function put_note(keys, args)
  local records, ref = keys[1], args[1]
  local there = call('GET', records .. ':note:' .. ref)
  if not there then
    call('SET', records .. ':note:' .. ref, args[2])
    if args[4] == '1' then
      keep_note(records, ref, args[3], args[5])
    else
      call('ZADD', records .. ':notes:drafts', args[3], ref)
    end
  elseif there ~= args[2] then
    return 0
  else
    call('ZADD', records .. ':notes:drafts', 'XX', 'GT', args[3], ref)
  end
  return 1
end

-- confirm_notes(ref, end, forgotten at, …): the refs that there are.
local function confirm_notes(keys, args)
  local found = {}
  for i = 1, #args, 3 do
    if call('EXISTS', keys[1] .. ':note:' .. args[i]) == 1 then
      keep_note(keys[1], args[i], args[i + 1], args[i + 2])
      found[#found + 1] = args[i]
    end
  end
  return found
end

local function add_look(records, ref, reader, at)
  local look = string.format('%016x ', call('INCR', records .. ':looks:count')) .. reader
  call('ZADD', records .. ':looks:' .. ref, at, look)
  call('ZADD', records .. ':looks', 'LT', at, ref)
end

-- add_looks(ref, reader, at, …): those that there are not.
local function add_looks(keys, args)
  for i = 1, #args, 3 do
    local there = false
    for _, look in ipairs(call('ZRANGEBYSCORE', keys[1] .. ':looks:' .. args[i], args[i + 2], args[i + 2])) do
      there = there or look:sub(18) == args[i + 1]
    end
    if not there then
      add_look(keys[1], args[i], args[i + 1], args[i + 2])
    end
  end
end

-- look_at_notes(now, reader, ref, …): ref, note, end and whether it is confirmed, of each that has not expired.
local function look_at_notes(keys, args)
  local records, now, seen = keys[1], tonumber(args[1]), {}
  for i = 3, #args do
    local ref = args[i]
    local note = call('GET', records .. ':note:' .. ref)
    local kept = call('ZSCORE', records .. ':notes:kept', ref)
    local ends = kept or call('ZSCORE', records .. ':notes:drafts', ref)
    if note and tonumber(ends) > now then
      add_look(records, ref, args[2], args[1])
      seen[#seen + 1] = {ref, note, ends, kept and 1 or 0}
    end
  end
  return seen
end

-- looks(ref): "number reader" and time of each, by time.
local function looks(keys, args)
  return call('ZRANGE', keys[1] .. ':looks:' .. args[1], 0, -1, 'WITHSCORES')
end

-- doubtful_notes(now, after, limit): ref, hall and kind of each.
local function doubtful_notes(keys, args)
  local refs, found = call('ZRANGEBYSCORE', keys[1] .. ':notes:drafts', '-inf', args[1]), {}
  table.sort(refs)
  for _, ref in ipairs(refs) do
    if #found == tonumber(args[3]) then
      break
    elseif ref > args[2] then
      local note = cmsgpack.unpack(call('GET', keys[1] .. ':note:' .. ref))
      found[#found + 1] = {ref, note[1], note[2]}
    end
  end
  return found
end

-- forget_notes(ref, …): how many there were.
local function forget_notes(keys, refs)
  local forgotten = 0
  for _, ref in ipairs(refs) do
    forgotten = forgotten + forget_note(keys[1], ref)
  end
  return forgotten
end

-- sweep_notes(now, looks before, unreferenced ref, …): as sweep_sessions, notes and looks.
local function sweep_notes(keys, args)
  local records, now, looked, deleted = keys[1], args[1], 0, 0
  for i = 3, #args do
    local draft = call('ZSCORE', records .. ':notes:drafts', args[i])
    if draft and tonumber(draft) <= tonumber(now) then
      deleted = deleted + forget_note(records, args[i])
    end
  end
  for _, ref in ipairs(call('ZRANGEBYSCORE', records .. ':notes:kept', '-inf', now, 'LIMIT', 0, MOST)) do
    looked, deleted = looked + 1, deleted + forget_note(records, ref)
  end
  for _, ref in ipairs(call('ZRANGEBYSCORE', records .. ':looks', '-inf', '(' .. args[2], 'LIMIT', 0, MOST)) do
    looked = looked + 1
    call('ZREMRANGEBYSCORE', records .. ':looks:' .. ref, '-inf', '(' .. args[2])
    local oldest = call('ZRANGE', records .. ':looks:' .. ref, 0, 0, 'WITHSCORES')[2]
    if oldest then
      call('ZADD', records .. ':looks', oldest, ref)
    else
      call('ZREM', records .. ':looks', ref)
    end
  end
  return {looked, deleted}
end

-- put_photo(account, photo, digest): 0 when there is no such account.
local function put_photo(keys, args)
  if call('HEXISTS', keys[1] .. ':accounts', args[1]) == 0 then
    return 0
  end
  call('HSET', keys[1] .. ':photos', args[1], args[2])
  call('HSET', keys[1] .. ':photos:digests', args[1], args[3])
  return 1
end

-- delete_photo(account): 0 when there was none.
local function delete_photo(keys, args)
  call('HDEL', keys[1] .. ':photos:digests', args[1])
  return call('HDEL', keys[1] .. ':photos', args[1])
end

-- The outbox

-- What is stored of messages: as it was added, how it stands since, when its next attempt is due while it waits.
local function stored_messages(records, ids)
  local stored = {}
  for i, id in ipairs(ids) do
    local message = call('HMGET', records .. ':message:' .. id, 'added', 'standing')
    stored[i] = {message[1], message[2], call('ZSCORE', records .. ':messages:due', id)}
  end
  return stored
end

local function settle(records, id, made)
  call('ZREM', records .. ':messages:due', id)
  call('ZREM', records .. ':messages:waiting', id)
  call('ZADD', records .. ':messages:settled', made, id)
end

-- add_messages(id, hall, subject, made at, next at, state, message, …): the ids of those that were new.
local function add_messages(keys, args)
  local records, added = keys[1], {}
  for i = 1, #args, 7 do
    local id, hall, subject, made = args[i], args[i + 1], args[i + 2], args[i + 3]
    local key = records .. ':message:' .. id
    if call('EXISTS', key) == 0 then
      local place = call('INCR', records .. ':messages:count')
      call('HSET', key, 'added', args[i + 6], 'hall', hall, 'subject', subject, 'made', made, 'place', place)
      call('ZADD', records .. ':messages', place, id)
      call('ZADD', records .. ':messages:of:' .. hall, place, id)
      if args[i + 5] == 'waiting' then
        call('ZADD', records .. ':messages:due', args[i + 4], id)
        call('ZADD', records .. ':messages:waiting', made, id)
      else
        settle(records, id, made)
      end
      if subject ~= '' then
        local told = records .. ':messages:told:' .. hall
        local before = call('HGET', told, subject)
        if before and not call('ZSCORE', records .. ':messages:due', before) then
          settle(records, before, call('HGET', records .. ':message:' .. before, 'made')) -- it may be swept from now on
        end
        call('HSET', told, subject, id)
      end
      added[#added + 1] = id
    end
  end
  return added
end

-- due_messages(now, again at, limit, hall to leave out, …)
local function due_messages(keys, args)
  local records, left_out, first = keys[1], {}, {}
  for i = 4, #args do
    left_out[args[i]] = true
  end
  local due = call('ZRANGEBYSCORE', records .. ':messages:due', '-inf', args[1], 'WITHSCORES')
  for i = 1, #due, 2 do
    local about = call('HMGET', records .. ':message:' .. due[i], 'hall', 'place')
    local hall, place = about[1], tonumber(about[2])
    if not left_out[hall] and (not first[hall] or place < first[hall].place) then
      first[hall] = {id = due[i], place = place, next_at = tonumber(due[i + 1])}
    end
  end
  local given, ids = {}, {}
  for _, message in pairs(first) do
    given[#given + 1] = message
  end
  table.sort(given, function(one, other)
    return one.next_at < other.next_at or one.next_at == other.next_at and one.place < other.place
  end)
  for i = 1, math.min(#given, tonumber(args[3])) do
    ids[i] = given[i].id
    call('ZADD', records .. ':messages:due', args[2], ids[i])
  end
  return stored_messages(records, ids)
end

-- message_tried(id, state, next at, standing): 0 when it is not waiting.
local function message_tried(keys, args)
  local records, id = keys[1], args[1]
  if not call('ZSCORE', records .. ':messages:due', id) then
    return 0
  end
  call('HSET', records .. ':message:' .. id, 'standing', args[4])
  if args[2] == 'waiting' then
    call('ZADD', records .. ':messages:due', args[3], id)
  else
    settle(records, id, call('HGET', records .. ':message:' .. id, 'made'))
  end
  return 1
end

-- newest_messages(hall, how many)
local function newest_messages(keys, args)
  local ids = call('ZREVRANGEBYSCORE', keys[1] .. ':messages:of:' .. args[1], '+inf', '-inf', 'LIMIT', 0, args[2])
  return stored_messages(keys[1], ids)
end

-- told_last(hall)
local function told_last(keys, args)
  return stored_messages(keys[1], call('HVALS', keys[1] .. ':messages:told:' .. args[1]))
end

-- backlog(): how many messages wait, and when the oldest of them was made.
local function backlog(keys)
  local waiting = keys[1] .. ':messages:waiting'
  return {call('ZCARD', waiting), call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2]}
end

-- sweep_messages(before): as sweep_sessions. The last of its subject is not looked at again until there is another.
local function sweep_messages(keys, args)
  local records, looked, deleted = keys[1], 0, 0
  for _, id in ipairs(call('ZRANGEBYSCORE', records .. ':messages:settled', '-inf', '(' .. args[1], 'LIMIT', 0, MOST)) do
    local about = call('HMGET', records .. ':message:' .. id, 'hall', 'subject')
    looked = looked + 1
    call('ZREM', records .. ':messages:settled', id)
    if call('HGET', records .. ':messages:told:' .. about[1], about[2]) ~= id then
      call('ZREM', records .. ':messages', id)
      call('ZREM', records .. ':messages:of:' .. about[1], id)
      deleted = deleted + call('DEL', records .. ':message:' .. id)
    end
  end
  return {looked, deleted}
end

local function register(name, work, ...)
  redis.register_function({function_name = 'jiaohao_records_' .. name, callback = work, flags = {...}})
end

-- What reads goes on whatever a Redis that is full, or whose disk is, refuses; what takes away, so that one that is
-- full gets emptier and nobody keeps a right in it.
register('credentials', credentials, 'no-writes')
register('hall_accounts', hall_accounts, 'no-writes')
register('devices', devices, 'no-writes')
register('holders', holders, 'no-writes')
register('ended', ended, 'no-writes')
register('looks', looks, 'no-writes')
register('doubtful_notes', doubtful_notes, 'no-writes')
register('newest_messages', newest_messages, 'no-writes')
register('told_last', told_last, 'no-writes')
register('backlog', backlog, 'no-writes')

register('update_account', update_account, 'allow-oom')
register('delete_account', delete_account, 'allow-oom')
register('replace_password', replace_password, 'allow-oom')
register('delete_session', delete_session, 'allow-oom')
register('delete_sessions', delete_sessions, 'allow-oom')
register('sweep_sessions', sweep_sessions, 'allow-oom')
register('revoke_device', revoke_device, 'allow-oom')
register('forget_notes', forget_notes, 'allow-oom')
register('sweep_notes', sweep_notes, 'allow-oom')
register('delete_photo', delete_photo, 'allow-oom')
register('message_tried', message_tried, 'allow-oom')
register('sweep_messages', sweep_messages, 'allow-oom')

register('add_account', add_account)
register('renew_password_hash', renew_password_hash)
register('add_session', add_session)
register('add_device', add_device)
register('touch', touch)
register('put_note', put_note)
register('confirm_notes', confirm_notes)
register('look_at_notes', look_at_notes)
register('add_looks', add_looks)
register('put_photo', put_photo)
register('add_messages', add_messages)
register('due_messages', due_messages)
