# A short session with Bunny that stays open for a while. Arguments: port, time to stay in ms.
#
# Prints a JSON line for each step that it begins, and one with its error, null if all went well.

require "bunny"
require "json"

$stdout.sync = true
port, stay = ARGV.map(&:to_i)

def say(line)
  puts JSON.generate(line)
end

# Bunny raises what happens to a connection in the thread that made it, sometimes more than once.
session = Thread.new do
  say({ step: "connect" })
  # Otherwise Bunny recovers by itself, and reports nothing.
  connection = Bunny.new(host: "127.0.0.1", port: port, automatically_recover: false, log_level: :fatal)
  connection.start
  say({ step: "use" })
  channel = connection.create_channel
  channel.confirm_select
  queue = channel.queue("", exclusive: true)
  queue.publish("x" * 5_000)
  raise "the message was not confirmed" unless channel.wait_for_confirms
  _, _, body = queue.pop
  raise "received a different message" unless body == "x" * 5_000
  say({ step: "stay" })
  sleep(stay / 1000.0)
  say({ step: "close" })
  connection.close
end
session.report_on_exception = false

begin
  session.join
  say({ error: nil })
rescue Exception => error
  say({ error: "#{error.class.name}: #{error.message.dup.force_encoding("UTF-8").scrub("?")}" })
end
exit!
