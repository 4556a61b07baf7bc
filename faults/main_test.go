package faults_test

import (
	"os"
	"testing"
	"time"

	"github.com/latchkey-id/latchkey/internal/apitest"
)

func TestMain(m *testing.M) { os.Exit(apitest.Main(m)) }

const (
	startLimit = 15 * time.Second // of a program to be ready, on a machine that is full of tests
	backLimit  = 2 * time.Second  // from exec to ready after a kill; from PostgreSQL's return to the service's
)
