// SPDX-License-Identifier: MIT
// Fetches pages, all at once, and prints them in their order.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
)

func fetch(url string, page chan<- string) {
	answer, err := http.Get(url)
	if err != nil {
		page <- err.Error()
		return
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		page <- err.Error()
		return
	}
	page <- string(text)
}

func main() {
	pages := make([]chan string, len(os.Args)-1)
	for i, url := range os.Args[1:] {
		pages[i] = make(chan string, 1)
		go fetch(url, pages[i])
	}
	for _, page := range pages {
		fmt.Print(<-page)
	}
}
