// Package browsertest gives a test a headless Chromium, and tells what a person
// would find in its developer tools. Only tests import it.
//
//	chromium := browsertest.Start(t) // for the subtests too
//	b := chromium.Open(t)            // a fresh profile
//	b.Run(browsertest.Phone(), chromedp.Navigate(url+"/verify#token=…"), chromedp.Click(chromedp.ID("go")))
//	b.Run(browsertest.Shows("#status", "confirmed"))
//	title := browsertest.Get(b, chromedp.Title())
//	b.Clean("127.0.0.1") // no problem, and no request to any other host
//
// Chromium reaches 127.0.0.1 and localhost only: no name resolves. A test
// fails, and is not skipped, where there is no Chromium.
package browsertest
