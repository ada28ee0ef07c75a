// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

package main

import (
	"encoding/binary"
	"fmt"

	"github.com/anishathalye/porcupine"
	"github.com/zeebo/xxh3"
)

// A stream that is never trimmed: where it ends, what it holds, whose it is.
type state struct {
	tail  uint64
	hash  uint64 // of all bodies, one by one
	token string // the fencing token; none at first, which every append may pass by
}

func extend(hash uint64, bodies []uint64) uint64 {
	var bytes [8]byte
	for _, body := range bodies {
		binary.LittleEndian.PutUint64(bytes[:], body)
		hash = xxh3.HashSeed(bytes[:], hash)
	}
	return hash
}

// May the batch land on this stream?
func (s state) admits(batch *appendInput) bool {
	return (batch.FencingToken == nil || *batch.FencingToken == s.token) &&
		(batch.MatchSeqNum == nil || *batch.MatchSeqNum == s.tail)
}

func (s state) with(batch *appendInput) state {
	s.tail += batch.NumRecords
	s.hash = extend(s.hash, batch.RecordHashes)
	if batch.SetFencingToken != nil {
		s.token = *batch.SetFencingToken
	}
	return s
}

// The states that a stream can be in after the operation, which had this outcome. None: the outcome
// cannot be.
func step(s state, in input, out output) []interface{} {
	ifTrue := func(possible bool) []interface{} {
		if possible {
			return []interface{}{s}
		}
		return nil
	}
	switch out.Name {
	case "AppendSuccess":
		after := s.with(in.Append)
		if s.admits(in.Append) && after.tail == out.Tail {
			return []interface{}{after}
		}
		return nil
	case "AppendDefiniteFailure":
		return []interface{}{s}
	case "AppendIndefiniteFailure":
		if s.admits(in.Append) {
			return []interface{}{s, s.with(in.Append)}
		}
		return []interface{}{s}
	case "ReadSuccess":
		return ifTrue(s.tail == out.Tail && s.hash == out.StreamHash)
	case "CheckTailSuccess":
		return ifTrue(s.tail == out.Tail)
	case "ReadFailure", "CheckTailFailure":
		return []interface{}{s}
	}
	return nil
}

var stream = (&porcupine.NondeterministicModel{
	Init: func() []interface{} { return []interface{}{state{}} },
	Step: func(s, in, out interface{}) []interface{} {
		return step(s.(state), in.(input), out.(output))
	},
	DescribeOperation: func(in, out interface{}) string {
		if batch := in.(input).Append; batch != nil {
			return fmt.Sprintf("append %d records: %+v", batch.NumRecords, out)
		}
		return fmt.Sprintf("%s: %+v", in.(input).Name, out)
	},
	DescribeState: func(s interface{}) string { return fmt.Sprintf("%+v", s) },
}).ToModel()
