package config

import (
	"errors"
	"slices"
	"strings"
)

// usersCommand are the variables that LoadUsersCommand holds to their rules.
var usersCommand = []string{
	"DATABASE_URL", "USERS_DATABASE_URL", "PASSWORD_HASH", "BCRYPT_COST", "PASSWORD_MIN", "HASH_WORKERS", "HASH_QUEUE",
}

// LoadUsersCommand reads what `latchkey users …` needs of the users service's
// configuration: its database, and how it hashes. What is wrong with the rest
// does not matter there.
func LoadUsersCommand(environ []string) (Users, error) {
	c, err := LoadUsers(environ)
	return c, only(err, usersCommand)
}

// only leaves of err what is about the variables named.
func only(err error, variables []string) error {
	var problems Problems
	errors.As(err, &problems)
	problems = slices.DeleteFunc(problems, func(line string) bool {
		name, _, _ := strings.Cut(line, ":")
		return !slices.Contains(variables, name)
	})
	return problems.err()
}
