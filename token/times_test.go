package token_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestS30S31Times(t *testing.T) {
	t.Parallel()
	v := attackVerifier(t)
	now := start.Unix()
	cases := []struct {
		name, claim string
		value       string // JSON; empty is absent
		valid       bool
	}{
		{"exp within the skew", "exp", fmt.Sprint(now - 29), true},
		{"exp at the skew", "exp", fmt.Sprint(now - 30), false},
		{"exp past the skew", "exp", fmt.Sprint(now - 31), false},
		{"exp with a fraction", "exp", fmt.Sprintf("%d.5", now), true},
		{"exp absent", "exp", "", false},
		{"exp null", "exp", "null", false},
		{"exp string", "exp", fmt.Sprintf("%q", fmt.Sprint(now+600)), false},
		{"exp array", "exp", fmt.Sprintf("[%d]", now+600), false},
		{"exp negative", "exp", "-1", false},
		{"exp 1e400", "exp", "1e400", false},
		{"exp -1e400", "exp", "-1e400", false},
		{"exp 1e300", "exp", "1e300", false},
		{"exp in the year 9999", "exp", "253402300799", true},
		{"exp in the year 10000", "exp", "253402300800", false},
		{"exp NaN", "exp", "NaN", false},
		{"exp zero", "exp", "0", false},
		{"iat absent", "iat", "", false},
		{"iat string", "iat", `"1"`, false},
		{"iat negative", "iat", "-5", false},
		{"iat 1e400", "iat", "1e400", false},
		{"iat within the skew", "iat", fmt.Sprint(now + 30), true},
		{"iat past the skew", "iat", fmt.Sprint(now + 31), false},
		{"nbf within the skew", "nbf", fmt.Sprint(now + 30), true},
		{"nbf past the skew", "nbf", fmt.Sprint(now + 31), false},
		{"nbf string", "nbf", `"0"`, false},
		{"nbf null", "nbf", "null", false},
		{"nbf 1e400", "nbf", "1e400", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			payload := goodPayload().with(c.claim, nil).text()
			if c.value != "" {
				payload = fmt.Sprintf(`%s,%q:%s}`, strings.TrimSuffix(payload, "}"), c.claim, c.value)
			}
			raw := forgeA(t, goodHeader(keyA()).text(), payload)
			if c.valid {
				wantValid(t, v, raw)
			} else {
				wantInvalid(t, v, raw)
			}
		})
	}
}

func TestLeeway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		leeway time.Duration
		late   time.Duration
		valid  bool
	}{
		{0, 29 * time.Second, true}, {time.Hour, 29 * time.Second, true}, {time.Hour, 30 * time.Second, false},
		{5 * time.Second, 4 * time.Second, true}, {5 * time.Second, 5 * time.Second, false},
		{-1, -time.Second, true}, {-1, 0, false},
	} {
		clock := newClock()
		v := newVerifier(clock, staticOf(keyA()))
		v.Leeway = c.leeway
		clock.add(10*time.Minute + c.late)
		_, err := v.Verify(context.Background(), mint(t, keyA(), goodClaims()))
		if (err == nil) != c.valid {
			t.Errorf("leeway %v, %v late: %v", c.leeway, c.late, err)
		}
	}
}
