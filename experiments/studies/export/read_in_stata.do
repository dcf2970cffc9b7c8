* The worlds of a comparison in Stata: paired differences, world by world. Written by knockon export format=dta.
use worlds.dta, clear
describe
local outcome civilian_deaths
preserve
keep if arm == reference
keep reference world `outcome'
rename `outcome' in_reference
tempfile reference
save `reference'
restore
drop if arm == reference
merge m:1 reference world using `reference', keep(match) nogenerate
generate difference = `outcome' - in_reference
label variable difference "paired difference from the reference"
tabstat difference, by(arm) statistics(p50 p5 p95 n)
