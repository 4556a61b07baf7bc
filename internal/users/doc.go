// Package users holds the rules of accounts: who may have which name, who may
// see and change whom, which passwords are good enough, and that an admin is
// always left.
//
// Rows come from gen/usersdb; what goes wrong leaves as a fault. Uniqueness is
// the database's: nothing here asks first and writes then. The package knows
// neither HTTP nor status codes; users/rest translates.
package users
