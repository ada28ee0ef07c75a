// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: The s2-cpp authors

// s2-check-history FILE...: is each history one that a linearizable S2 stream can have? Prints a line
// for each, and beside one that is not leaves a picture, FILE.html. Exits with 1 if one is not, and
// with 2 if one cannot be read or decided.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/anishathalye/porcupine"
)

const timeout = 2 * time.Minute

func check(path string) int {
	file, err := os.Open(path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer file.Close()
	events, err := readHistory(file)
	if err == nil && len(events) == 0 {
		err = fmt.Errorf("no operations")
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
		return 2
	}
	result, info := porcupine.CheckEventsVerbose(stream, events, timeout)
	count := map[string]int{}
	for _, event := range events {
		if out, ok := event.Value.(output); ok {
			count[out.Name]++
		}
	}
	fmt.Printf("%s: %d operations, %d appends of unknown outcome, %d without effect: ", path,
		len(events)/2, count["AppendIndefiniteFailure"], count["AppendDefiniteFailure"])
	switch result {
	case porcupine.Ok:
		fmt.Println("linearizable")
		return 0
	case porcupine.Illegal:
		fmt.Println("NOT linearizable")
		if err := porcupine.VisualizePath(stream, info, path+".html"); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return 1
	}
	fmt.Printf("not decided within %v\n", timeout)
	return 2
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: s2-check-history FILE...")
		os.Exit(2)
	}
	worst := 0
	for _, path := range os.Args[1:] {
		if result := check(path); result > worst {
			worst = result
		}
	}
	os.Exit(worst)
}
