// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/anishathalye/porcupine"
)

// What an operation asks: an append if that is set, else one of "Read" and "CheckTail".
type input struct {
	Append *appendInput
	Name   string
}

type appendInput struct {
	NumRecords      uint64   `json:"num_records"`
	RecordHashes    []uint64 `json:"record_hashes"`
	SetFencingToken *string  `json:"set_fencing_token"`
	FencingToken    *string  `json:"fencing_token"`
	MatchSeqNum     *uint64  `json:"match_seq_num"`
}

// What came of it: "AppendSuccess", "AppendDefiniteFailure", …, and what a success says.
type output struct {
	Name       string
	Tail       uint64 `json:"tail"`
	StreamHash uint64 `json:"stream_hash"`
}

// An enum of the history: a string, or an object with one field whose name it is.
func decodeEnum(data []byte, content any) (string, error) {
	var name string
	if json.Unmarshal(data, &name) == nil {
		return name, nil
	}
	var variants map[string]json.RawMessage
	if err := json.Unmarshal(data, &variants); err != nil {
		return "", err
	}
	for name, body := range variants {
		if len(variants) == 1 {
			return name, decodeStrictly(body, content)
		}
	}
	return "", fmt.Errorf("%s must have one field", data)
}

func decodeStrictly(data []byte, content any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(content)
}

// Reads a history; an error names the line.
func readHistory(r io.Reader) ([]porcupine.Event, error) {
	var events []porcupine.Event
	decoder := json.NewDecoder(r)
	for line := 1; ; line++ {
		event, err := readEvent(decoder)
		if err == io.EOF {
			return events, nil
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		events = append(events, event)
	}
}

func readEvent(decoder *json.Decoder) (porcupine.Event, error) {
	var line struct {
		Event    map[string]json.RawMessage `json:"event"`
		ClientID int                        `json:"client_id"`
		OpID     int                        `json:"op_id"`
	}
	if err := decoder.Decode(&line); err != nil {
		return porcupine.Event{}, err
	}
	event := porcupine.Event{ClientId: line.ClientID, Id: line.OpID}
	if start, ok := line.Event["Start"]; ok {
		var batch appendInput
		name, err := decodeEnum(start, &batch)
		if err != nil {
			return event, err
		}
		in := input{Name: name}
		switch name {
		case "Append":
			if uint64(len(batch.RecordHashes)) != batch.NumRecords {
				return event, fmt.Errorf("%d records with %d hashes", batch.NumRecords, len(batch.RecordHashes))
			}
			in.Append = &batch
		case "Read", "CheckTail":
		default:
			return event, fmt.Errorf("an operation %q", name)
		}
		event.Kind, event.Value = porcupine.CallEvent, in
		return event, nil
	}
	if finish, ok := line.Event["Finish"]; ok {
		var out output
		name, err := decodeEnum(finish, &out)
		out.Name = name
		event.Kind, event.Value = porcupine.ReturnEvent, out
		return event, err
	}
	return event, fmt.Errorf("neither Start nor Finish")
}
