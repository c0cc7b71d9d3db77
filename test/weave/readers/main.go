// Reads messages as programs written in Go read user-data (EKS nodeadm, Karpenter): net/mail, then mime/multipart, one level deep.
// In: a JSON list of base64 texts. Out: for each a list of its parts, or what was wrong.
package main

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
)

// Part is one part at the first level of a message.
type Part struct {
	Type string `json:"type"`
	Mark string `json:"mark"`
	Body []byte `json:"body"`
}

// Reading is what there is to a message.
type Reading struct {
	Parts []Part `json:"parts"`
	Fault string `json:"fault,omitempty"`
}

// open gives a reader of the parts of a message.
func open(content []byte) (*multipart.Reader, error) {
	message, err := mail.ReadMessage(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	_, parameters, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	return multipart.NewReader(message.Body, parameters["boundary"]), nil
}

func read(content []byte) (reading Reading) {
	reading.Parts = []Part{}
	parts, err := open(content)
	if err != nil {
		reading.Fault = err.Error()
		return
	}
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			reading.Fault = err.Error()
			return
		}
		body, err := io.ReadAll(part)
		header := part.Header
		reading.Parts = append(reading.Parts, Part{header.Get("Content-Type"), header.Get("X-Consul-VM-Inject"), body})
		if err != nil {
			reading.Fault = err.Error()
			return
		}
	}
}

// rewrite writes a message anew, as Karpenter does: its own boundary, sorted headers, its own line ends.
func rewrite(content []byte) []byte {
	parts, err := open(content)
	if err != nil {
		panic(err)
	}
	var out bytes.Buffer
	writer := multipart.NewWriter(&out)
	if err := writer.SetBoundary("//"); err != nil {
		panic(err)
	}
	out.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"//\"\r\n\r\n")
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			panic(err)
		}
		to, err := writer.CreatePart(part.Header)
		if err != nil {
			panic(err)
		}
		if _, err := io.Copy(to, part); err != nil {
			panic(err)
		}
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func main() {
	var messages [][]byte
	if err := json.NewDecoder(os.Stdin).Decode(&messages); err != nil {
		panic(err)
	}
	var answers []any
	for _, content := range messages {
		if len(os.Args) > 1 && os.Args[1] == "rewrite" {
			answers = append(answers, rewrite(content))
		} else {
			answers = append(answers, read(content))
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		panic(err)
	}
}
