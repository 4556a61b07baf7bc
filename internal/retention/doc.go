// Package retention removes rows that serve nobody any more. Each statement
// removes one batch, the oldest rows, and steps around those that somebody else
// holds, so that no request ever waits for longer than a batch takes, and
// several instances help each other rather than queue.
//
// What is old is said by the queries (DropOld… in queries/), with the reason.
package retention
