// SPDX-License-Identifier: MIT
// Dials as many times at once as the second argument says, and counts where "hello" comes back.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"
)

func dial(address string, good chan<- bool) {
	connection, err := net.DialTimeout("tcp", address, 10*time.Second)
	if err != nil {
		good <- false
		return
	}
	back := make([]byte, 5)
	connection.Write([]byte("hello"))
	_, err = io.ReadFull(connection, back)
	good <- err == nil && string(back) == "hello"
}

func main() {
	count, _ := strconv.Atoi(os.Args[2])
	good := make(chan bool, count)
	sum := 0
	for i := 0; i < count; i++ {
		go dial(os.Args[1], good)
	}
	for i := 0; i < count; i++ {
		if <-good {
			sum++
		}
	}
	fmt.Println(sum, "of", count)
}
