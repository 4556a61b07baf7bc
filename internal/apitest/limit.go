package apitest

import (
	"net/http"
	"sync"
	"testing"
)

// LetThrough sends n requests at once, to the clients in turn, and counts those
// that were answered 200. Every other answer is to be 429.
func LetThrough(t testing.TB, n int, path, token string, clients ...*Client) int {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	let := 0
	for i := range n {
		all.Go(func() {
			answer := clients[i%len(clients)].Get(t, path, token)
			mu.Lock()
			defer mu.Unlock()
			switch answer.Status {
			case http.StatusOK:
				let++
			case http.StatusTooManyRequests:
			default:
				t.Errorf("%s answers %d: %s", path, answer.Status, answer.Body)
			}
		})
	}
	all.Wait()
	return let
}
