package apitest

import (
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/go-chi/chi/v5"
)

// docsRoutes are what the page at /docs is made of: for people, and in no
// document.
var docsRoutes = []string{
	"GET /docs", "GET /docs/", "GET /docs/page.js", "GET /docs/page.css",
	"GET /docs/swagger-ui.css", "GET /docs/swagger-ui-bundle.js", "GET /docs/favicon-32x32.png",
}

// CheckRoutes holds a service's routes against its document: they are the same
// set, the docs apart.
func CheckRoutes(t testing.TB, service string, router chi.Routes) {
	t.Helper()
	routed, declared := map[string]bool{}, map[string]bool{}
	err := chi.Walk(router, func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		routed[method+" "+route] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, route := range docsRoutes {
		if !routed[route] {
			t.Errorf("%s: %s is not routed, and docsRoutes lists it", service, route)
		}
		delete(routed, route)
	}
	for _, o := range Operations(service) {
		declared[o.Method+" "+o.Path] = true
	}
	for _, route := range slices.Sorted(maps.Keys(routed)) {
		if !declared[route] {
			t.Errorf("%s: %s is routed, and the specification does not know it", service, route)
		}
	}
	for _, route := range slices.Sorted(maps.Keys(declared)) {
		if !routed[route] {
			t.Errorf("%s: %s is in the specification, and not routed", service, route)
		}
	}
}
