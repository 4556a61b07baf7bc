// Package cursor makes and reads the page cursors of both services' lists: an
// id and a MAC over it, so that a client can only come back to where a page
// ended. A cursor of one list is none of another.
package cursor
