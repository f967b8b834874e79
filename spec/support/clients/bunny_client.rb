# Publishes three messages with Bunny, consumes them, and closes. Arguments: port, user, password, vhost.

require "bunny"

port, user, password, vhost = ARGV
bodies = ["first", "x" * 300_000, "last"]

connection = Bunny.new(
  host: "127.0.0.1",
  port: port.to_i,
  user: user,
  password: password,
  vhost: vhost,
  automatically_recover: false,
  log_level: :fatal
)
connection.start
channel = connection.create_channel
queue = channel.queue("", exclusive: true)
bodies.each { |body| queue.publish(body) }
deliveries = Queue.new
queue.subscribe(manual_ack: true) do |delivery, _, body|
  channel.ack(delivery.delivery_tag)
  deliveries << body
end
consumed = bodies.map { deliveries.pop }
raise "other messages came than were sent" unless consumed == bodies

connection.close
puts "consumed #{consumed.map(&:length).join(' ')}"
