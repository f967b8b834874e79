// A publisher survives a break in the middle of a message. Needs amqp091-go, and rabbit-snare in front of a broker.
package recipes // Run: go test reconnect_test.go
import (
	"encoding/json"
	amqp "github.com/rabbitmq/amqp091-go"
	"net/http"
	"os"
	"strings"
	"testing"
)

func control(method, path, body string, answer any) {
	url := strings.Fields(os.Getenv("RABBIT_SNARE") + " http://localhost:8474")[0]
	request, _ := http.NewRequest(method, url+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer "+os.Getenv("RABBIT_SNARE_TOKEN"))
	response, _ := http.DefaultClient.Do(request)
	json.NewDecoder(response.Body).Decode(answer)
}

func publish(message amqp.Publishing) (attempts int) { // The code under test: it connects again until the broker confirms.
	connection, _ := amqp.Dial(strings.Fields(os.Getenv("AMQP_URL") + " amqp://guest:guest@localhost:5673")[0])
	channel, _ := connection.Channel()
	channel.Confirm(false)
	if confirm, err := channel.PublishWithDeferredConfirm("", "recipe", false, false, message); err != nil || !confirm.Wait() {
		attempts = publish(message)
	}
	return attempts + 1
}

func TestTheMessageIsPublishedAgain(t *testing.T) {
	var fault, reports = struct{ Name, AddedAt string }{}, []struct{ Reason struct{ Name string } }{}
	control("POST", "/faults?removeAfter=30s", `{"type": "limit_data", "stream": "upstream", "attributes": {"bytes": 50000, "times": 1}}`, &fault)
	defer control("DELETE", "/faults/amqp%2F"+fault.Name, "", nil)
	attempts := publish(amqp.Publishing{Body: make([]byte, 100_000)})
	control("GET", "/reports?fault="+fault.Name+"&since="+fault.AddedAt+"&wait=5s", "", &reports)
	if attempts != 2 || reports[0].Reason.Name != "fault" {
		t.Error(attempts, reports)
	}
}
