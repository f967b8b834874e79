# A publisher keeps its messages while the broker blocks it. Needs rspec, bunny, and rabbit-snare in front of a broker.
# Run: rspec blocked_spec.rb
require 'bunny'
require 'json'
require 'net/http'

def control(method, path, body = '')
  url = URI(ENV.fetch('RABBIT_SNARE', 'http://localhost:8474'))
  headers = { 'Authorization' => "Bearer #{ENV.fetch('RABBIT_SNARE_TOKEN', '')}" }
  JSON.parse(Net::HTTP.start(url.host, url.port).send_request(method, path, body, headers).tap(&:value).body || 'null')
end

class Publisher # The code under test.
  def initialize(connection, queue)
    @connection, @queue, @kept = connection, queue, []
    connection.on_unblocked { @queue.publish(@kept.shift) until @kept.empty? }
  end

  def publish(message) = @connection.blocked? ? @kept << message : @queue.publish(message)
end

RSpec.describe Publisher do
  it 'keeps messages while the broker blocks the connection, and then publishes them' do
    connection = Bunny.new(ENV.fetch('AMQP_URL', 'amqp://guest:guest@localhost:5673')).start
    queue, received, blocked = connection.create_channel.queue('', exclusive: true), Queue.new, Queue.new
    connection.on_blocked { |method| blocked << method.reason }
    alarm = control('POST', '/faults?removeAfter=30s', '{"type": "amqp_blocked", "times": 1}')
    expect(Timeout.timeout(5) { blocked.pop }).to eq('low on memory')
    Publisher.new(connection, queue).publish('kept')
    expect(queue.pop.last).to be_nil # It publishes nothing yet.
    control('DELETE', "/faults/#{alarm['id'].sub('/', '%2F')}")
    queue.subscribe { |*, message| received << message }
    expect(Timeout.timeout(5) { received.pop }).to eq('kept')
    connection.close
    report, = control('GET', "/reports?fault=#{alarm['id']}&since=#{alarm['addedAt']}&wait=5s")
    expect(report['reason']['name']).to eq('connection_closed')
  end
end
