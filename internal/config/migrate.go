package config

// Migrate is what `latchkey migrate` reads.
type Migrate struct {
	Users, Auth Secret
}

// LoadMigrate finds the databases to migrate, by the names that the services
// know them by; service is users, auth or all. No other variable is needed.
func LoadMigrate(environ []string, service string) (Migrate, error) {
	var u Users
	var a Auth
	problems := append(parse(environ, &u), parse(environ, &a)...)
	problems = problems[:0] // what is wrong with the rest does not matter here
	m := Migrate{Users: u.Migration(), Auth: a.Migration()}
	if m.Users == "" && service != "auth" {
		problems.add("USERS_MIGRATE_DATABASE_URL", "is required (or MIGRATE_DATABASE_URL, USERS_DATABASE_URL, DATABASE_URL)")
	}
	if m.Auth == "" && service != "users" {
		problems.add("AUTH_MIGRATE_DATABASE_URL", "is required (or MIGRATE_DATABASE_URL, AUTH_DATABASE_URL, DATABASE_URL)")
	}
	return m, problems.err()
}
