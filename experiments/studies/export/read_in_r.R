# The worlds of a comparison in R: paired differences, world by world. Written by knockon export; call it in this folder.
#   knockon export format=parquet   or   knockon export format=csv
worlds <- if (file.exists("worlds.parquet")) {
  arrow::read_parquet("worlds.parquet")        # install.packages("arrow")
} else {
  read.csv("worlds.csv")
}
codebook <- read.csv("codebook.csv")           # what each variable means, its unit, and what a missing value means

# Worlds of two arms with the same number share all dice: subtract world by world, never mean from mean.
reference <- worlds[worlds$arm == worlds$reference, ]
others <- worlds[worlds$arm != worlds$reference, ]
paired <- merge(others, reference, by.x = c("reference", "world"), by.y = c("arm", "world"), suffixes = c("", "_ref"))

outcome <- "civilian_deaths"
paired$difference <- paired[[outcome]] - paired[[paste0(outcome, "_ref")]]
print(codebook[codebook$name == outcome, c("meaning", "unit", "by")])
print(aggregate(difference ~ arm, paired, function(x) c(median = median(x), quantile(x, c(0.05, 0.95)), worse = mean(x > 0))))
