package auth

import (
	"github.com/riverqueue/river"
)

// Workers are the jobs that this service works off; see internal/jobs.
func (s *Service) Workers() *river.Workers {
	workers := river.NewWorkers()
	river.AddWorker(workers, &mailer{service: s})
	river.AddWorker(workers, &requester{service: s})
	river.AddWorker(workers, &settler{service: s})
	river.AddWorker(workers, &expirer{service: s})
	river.AddWorker(workers, &keymaster{service: s})
	return workers
}
