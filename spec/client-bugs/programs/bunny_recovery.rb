# Connects with Bunny, which recovers by itself when the connection is closed. Argument: port.

require "bunny"

$stdout.sync = true
recovered = Queue.new
connection = Bunny.new(
  host: "127.0.0.1",
  port: ARGV.first.to_i,
  network_recovery_interval: 0.2,
  recovery_completed: proc { recovered << true },
  log_level: :fatal
)
puts "connecting"
connection.start
puts "connected"
recovered.pop
puts "recovered"
exit!(true)
