// The key signer of the Go SDK. Questions as JSON on standard input, one a line, and answers likewise.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	"github.com/dfns/dfns-sdk-go/v2/signer"
)

type question struct {
	CredentialID string                     `json:"credential_id"`
	PrivateKey   string                     `json:"private_key"`
	Challenge    signer.UserActionChallenge `json:"challenge"`
}

type reply struct {
	Answer *signer.CredentialAssertion `json:"answer,omitempty"`
	Error  string                      `json:"error,omitempty"`
}

func sign(line []byte) (*signer.CredentialAssertion, error) {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	key, err := signer.NewKeySigner(asked.CredentialID, asked.PrivateKey)
	if err != nil {
		return nil, err
	}
	return key.Sign(&asked.Challenge)
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var answer reply
		made, err := sign(lines.Bytes())
		if answer.Answer = made; err != nil {
			answer.Error = err.Error()
		}
		if err := out.Encode(answer); err != nil {
			panic(err)
		}
	}
}
