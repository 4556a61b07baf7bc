package deploy_test

import (
	"fmt"
	"slices"
	"testing"
)

func number(value any) string { return fmt.Sprint(value) }

// admits evaluates the policies for a connection to a pod, as Kubernetes does: a
// pod that some policy selects for Ingress takes what one of them allows. From
// is the labels of a pod of the same namespace.
func admits(policies map[string]object, from, to object, port string) bool {
	selected := false
	for _, policy := range policies {
		if !selects(at(policy, "spec", "podSelector"), to) || !slices.Contains(list(policy, "spec", "policyTypes"), any("Ingress")) {
			continue
		}
		selected = true
		for _, rule := range list(policy, "spec", "ingress") {
			if !slices.ContainsFunc(list(rule, "ports"), func(p any) bool { return number(at(p, "port")) == port && text(p, "protocol") == "TCP" }) {
				continue
			}
			peers := list(rule, "from")
			if len(peers) == 0 || slices.ContainsFunc(peers, func(peer any) bool { return selects(at(peer, "podSelector"), from) }) {
				return true
			}
		}
	}
	return !selected
}

// Nobody but the auth service reaches the port behind which credentials/verify
// lies, unless the component for gateways is added; the listeners for operators
// are Prometheus's.
func TestNetworkPolicies(t *testing.T) {
	t.Parallel()
	all := objects(t, base)
	strict := ofKind(all, "NetworkPolicy")
	open := ofKind(objects(t, base), "NetworkPolicy")
	for name, policy := range ofKind(objects(t, "kubernetes/users-clients"), "NetworkPolicy") {
		open[name] = policy
	}
	pods := workloads(all)
	users, auth, migrate := podLabels(pods["latchkey-users"]), podLabels(pods["latchkey-auth"]), podLabels(pods["latchkey-migrate"])
	stranger, gateway := object{"app": "stranger"}, object{"latchkey.dev/users-client": "true"}
	prometheus := object{"app.kubernetes.io/name": "prometheus"}
	for _, c := range []struct {
		what     string
		policies map[string]object
		from, to object
		port     string
		want     bool
	}{
		{"auth to users", strict, auth, users, "8081", true},
		{"a stranger to users", strict, stranger, users, "8081", false},
		{"another users to users", strict, users, users, "8081", false},
		{"migrate to users", strict, migrate, users, "8081", false},
		{"Prometheus to users", strict, prometheus, users, "8081", false},
		{"a gateway to users, without the component", strict, gateway, users, "8081", false},
		{"a gateway to users", open, gateway, users, "8081", true},
		{"a stranger to users, with the component", open, stranger, users, "8081", false},
		{"a gateway to users' operators", open, gateway, users, "9081", false},
		{"anybody to auth", strict, stranger, auth, "8080", true},
		{"users to auth", strict, users, auth, "8080", true},
		{"a stranger to auth's operators", strict, stranger, auth, "9080", false},
		{"users to auth's operators", strict, users, auth, "9080", false},
		{"Prometheus to auth's operators", strict, prometheus, auth, "9080", true},
		{"Prometheus to users' operators", strict, prometheus, users, "9081", true},
		{"anybody to migrate", strict, stranger, migrate, "8080", false},
	} {
		if got := admits(c.policies, c.from, c.to, c.port); got != c.want {
			t.Errorf("%s: %t, want %t", c.what, got, c.want)
		}
	}
	for name, policy := range open { // each is about pods that there are
		if !slices.ContainsFunc([]object{users, auth, migrate}, func(labels object) bool { return selects(at(policy, "spec", "podSelector"), labels) }) {
			t.Errorf("%s selects nothing", name)
		}
	}
}
