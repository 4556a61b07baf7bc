package httpapi

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"

	"github.com/go-chi/chi/v5"
	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
)

//go:embed docsui
var docsPage embed.FS

var docsTemplate = template.Must(template.ParseFS(docsPage, "docsui/index.html"))

// docsPolicy lets the page load its own files and talk to its own origin. No
// script and no style is inline: React sets styles by the CSSOM, which no
// policy minds. Swagger UI has its icons in its style sheet, as data URLs.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// mountDocs serves Swagger UI from files in the binary.
func (a *API) mountDocs(r chi.Router) {
	r.Get("/docs", docsFile(renderDocs(a.options.Spec), "text/html; charset=utf-8"))
	r.Get("/docs/", http.RedirectHandler("/docs", http.StatusPermanentRedirect).ServeHTTP)
	for name, media := range map[string]string{"page.js": "text/javascript; charset=utf-8", "page.css": "text/css; charset=utf-8"} {
		text, err := docsPage.ReadFile("docsui/" + name)
		if err != nil {
			panic(err) // the file is embedded
		}
		r.Get("/docs/"+name, docsFile(text, media))
	}
	assets := http.StripPrefix("/docs/", statigz.FileServer(static.FS))
	for _, name := range []string{"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"} {
		r.Get(path.Join("/docs", name), func(w http.ResponseWriter, r *http.Request) {
			docsHeaders(w)
			assets.ServeHTTP(w, r)
		})
	}
}

// renderDocs makes the page of one service: its name, and where the other is.
func renderDocs(spec *Spec) []byte {
	var page bytes.Buffer
	if err := docsTemplate.Execute(&page, spec.Doc); err != nil {
		panic(err) // the template is embedded, and the document has been read
	}
	return page.Bytes()
}

func docsFile(text []byte, media string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		docsHeaders(w)
		w.Header().Set("Content-Type", media)
		_, _ = w.Write(text)
	}
}

func docsHeaders(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", docsPolicy)
	w.Header().Set("Cache-Control", "public, max-age=300")
}
