package main

// contractTests name the services' tests that are about the contract.
const contractTests = "Story|Example|Route|Hammer|S62|BadInput"
