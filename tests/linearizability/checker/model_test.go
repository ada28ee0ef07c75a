// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

package main

import (
	"strconv"
	"strings"
	"testing"

	"github.com/anishathalye/porcupine"
	"github.com/zeebo/xxh3"
)

// S2's own vectors.
func TestHashesAChainOfBodies(t *testing.T) {
	foo, bar, baz := xxh3.HashString("foo"), xxh3.HashString("bar"), xxh3.HashString("baz")
	if foo != 0xab6e5f64077e7d8a {
		t.Errorf("foo is %x", foo)
	}
	for want, bodies := range map[uint64][]uint64{
		0x4d2b003ee417c3a5: {foo},
		0x132e5d5dd7936edd: {foo, bar},
		0x732ee99abc5002ff: {foo, bar, baz},
	} {
		if got := extend(0, bodies); got != want {
			t.Errorf("%d bodies are %x, not %x", len(bodies), got, want)
		}
	}
}

const (
	appendOne = `{"event":{"Start":{"Append":{"num_records":1,"record_hashes":[7],` +
		`"set_fencing_token":null,"fencing_token":TOKEN,"match_seq_num":MATCH}}},"client_id":1,"op_id":OP}`
	read  = `{"event":{"Start":"Read"},"client_id":2,"op_id":OP}`
	fence = `{"event":{"Start":{"Append":{"num_records":1,"record_hashes":[7],` +
		`"set_fencing_token":"mine","fencing_token":null,"match_seq_num":null}}},"client_id":1,"op_id":OP}`
)

func start(template, operation, token, match string) string {
	return strings.NewReplacer("OP", operation, "TOKEN", token, "MATCH", match).Replace(template)
}

func finish(what, operation, client string) string {
	return `{"event":{"Finish":` + what + `},"client_id":` + client + `,"op_id":` + operation + `}`
}

func TestTellsWhatAStreamCanDo(t *testing.T) {
	const unknown, failed = `"AppendIndefiniteFailure"`, `"AppendDefiniteFailure"`
	success := func(tail string) string { return `{"AppendSuccess":{"tail":` + tail + `}}` }
	seen := func(tail, hash string) string {
		return `{"ReadSuccess":{"tail":` + tail + `,"stream_hash":` + hash + `}}`
	}
	one, two := extend(0, []uint64{7}), extend(0, []uint64{7, 7})
	cases := []struct {
		name  string
		lines []string
		want  bool
	}{
		{"an append is read", []string{start(appendOne, "1", "null", "null"), finish(success("1"), "1", "1"),
			start(read, "2", "", ""), finish(seen("1", strconv.FormatUint(one, 10)), "2", "2")}, true},
		{"an acked append is lost", []string{start(appendOne, "1", "null", "null"), finish(success("1"), "1", "1"),
			start(read, "2", "", ""), finish(seen("0", "0"), "2", "2")}, false},
		{"an append is doubled", []string{start(appendOne, "1", "null", "null"), finish(success("1"), "1", "1"),
			start(read, "2", "", ""), finish(seen("2", strconv.FormatUint(two, 10)), "2", "2")}, false},
		{"a failed append is there", []string{start(appendOne, "1", "null", "null"), finish(failed, "1", "1"),
			start(read, "2", "", ""), finish(seen("1", strconv.FormatUint(one, 10)), "2", "2")}, false},
		{"an unknown append is there", []string{start(appendOne, "1", "null", "null"), start(read, "2", "", ""),
			finish(seen("1", strconv.FormatUint(one, 10)), "2", "2"), finish(unknown, "1", "1")}, true},
		{"an unknown append is not there", []string{start(appendOne, "1", "null", "null"), start(read, "2", "", ""),
			finish(seen("0", "0"), "2", "2"), finish(unknown, "1", "1")}, true},
		{"an unknown append missed its position, and is there", []string{start(appendOne, "1", "null", "5"),
			start(read, "2", "", ""), finish(seen("1", strconv.FormatUint(one, 10)), "2", "2"), finish(unknown, "1", "1")}, false},
		{"an append lands elsewhere", []string{start(appendOne, "1", "null", "5"), finish(success("1"), "1", "1")}, false},
		{"an append bears another's token", []string{start(fence, "1", "", ""), finish(success("1"), "1", "1"),
			start(appendOne, "2", `"yours"`, "null"), finish(success("2"), "2", "1")}, false},
		{"an append bears the token", []string{start(fence, "1", "", ""), finish(success("1"), "1", "1"),
			start(appendOne, "2", `"mine"`, "null"), finish(success("2"), "2", "1")}, true},
	}
	for _, c := range cases {
		events, err := readHistory(strings.NewReader(strings.Join(c.lines, "\n")))
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := porcupine.CheckEvents(stream, events); got != c.want {
			t.Errorf("%s: linearizable %v", c.name, got)
		}
	}
}

func TestRefusesWhatIsNoHistory(t *testing.T) {
	for _, line := range []string{
		`{`,
		`{"event":{},"client_id":1,"op_id":1}`,
		`{"event":{"Start":"Trim"},"client_id":1,"op_id":1}`,
		`{"event":{"Finish":{"ReadSuccess":{"head":1}}},"client_id":1,"op_id":1}`,
		`{"event":{"Start":{"Append":{"num_records":2,"record_hashes":[7]}}},"client_id":1,"op_id":1}`,
	} {
		if _, err := readHistory(strings.NewReader(line)); err == nil {
			t.Errorf("read %s", line)
		}
	}
}
