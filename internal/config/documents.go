package config

// UsersDocument is where the auth service's document sends readers for the
// other one, or empty. USERS_URL may be an address inside a private network,
// which is nobody's to read: outside development it is not published.
func (a Auth) UsersDocument() string {
	if a.UsersPublicURL == "" && a.Env == Development {
		return a.document(a.UsersURL)
	}
	return a.document(a.UsersPublicURL)
}

// AuthDocument is where the users service's document sends readers.
func (u Users) AuthDocument() string { return u.document(u.PublicURL) }

// document is the page at a service, or the document itself where this service
// has no page: the two of one deployment are taken to have DOCS alike.
func (c Common) document(service string) string {
	switch {
	case service == "":
		return ""
	case c.Docs:
		return service + "/docs"
	}
	return service + "/openapi.yaml"
}
