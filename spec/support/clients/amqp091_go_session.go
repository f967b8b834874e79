// A short session with amqp091-go that stays open for a while. Arguments: port, time to stay in ms.
//
// Prints a JSON line for each step that it begins, and one with its error, null if all went well.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

var lines = json.NewEncoder(os.Stdout)

func step(name string) { lines.Encode(map[string]string{"step": name}) }

func main() {
	stay, _ := strconv.Atoi(os.Args[2])
	if err := run(os.Args[1], time.Duration(stay)*time.Millisecond); err != nil {
		lines.Encode(map[string]string{"error": err.Error()})
	} else {
		lines.Encode(map[string]any{"error": nil})
	}
}

func run(port string, stay time.Duration) error {
	step("connect")
	connection, err := amqp.Dial("amqp://guest:guest@127.0.0.1:" + port)
	if err != nil {
		return err
	}
	closed := connection.NotifyClose(make(chan *amqp.Error, 1))
	step("use")
	channel, err := connection.Channel()
	if err != nil {
		return err
	}
	if err := channel.Confirm(false); err != nil {
		return err
	}
	queue, err := channel.QueueDeclare("", false, false, true, false, nil)
	if err != nil {
		return err
	}
	body := bytes.Repeat([]byte("x"), 5_000)
	confirm, err := channel.PublishWithDeferredConfirm("", queue.Name, false, false, amqp.Publishing{Body: body})
	if err != nil {
		return err
	}
	if !confirm.Wait() {
		return errors.New("the message was not confirmed")
	}
	message, _, err := channel.Get(queue.Name, true)
	if err != nil {
		return err
	}
	if !bytes.Equal(message.Body, body) {
		return errors.New("received a different message")
	}
	step("stay")
	select {
	case err, isError := <-closed:
		if isError {
			return err
		}
		return errors.New("the connection is closed")
	case <-time.After(stay):
	}
	step("close")
	return connection.Close()
}
