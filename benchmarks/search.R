# mclust's whole search on the rows of a CSV file, with its defaults: Rscript benchmarks/search.R rows.csv
# Prints the seconds that mclustBIC took, mclust's and R's versions, its best BIC (the higher the better) and choice.
suppressPackageStartupMessages(library(mclust))
X <- as.matrix(read.csv(commandArgs(trailingOnly = TRUE)[1], header = FALSE))
seconds <- system.time(table <- mclustBIC(X, G = 1:9, verbose = FALSE))
best <- summary(table, X)
cat(seconds[["elapsed"]], seconds[["user.self"]], as.character(packageVersion("mclust")), as.character(getRversion()),
    best$bic, best$modelName, best$G, "\n")
