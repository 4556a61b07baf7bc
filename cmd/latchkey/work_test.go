package main_test

import "sync"

// goOn has each client do its work again and again, until stop, which waits for
// what they are at.
func goOn(clients ...func()) (stop func()) {
	over := make(chan struct{})
	var working sync.WaitGroup
	for _, do := range clients {
		working.Go(func() {
			for {
				select {
				case <-over:
					return
				default:
					do()
				}
			}
		})
	}
	return sync.OnceFunc(func() {
		close(over)
		working.Wait()
	})
}
