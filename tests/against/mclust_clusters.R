# Freeze how mclust merges components and fits mixtures with noise: run as Rscript tests/against/mclust_clusters.R
suppressPackageStartupMessages(library(mclust))

numbers <- function(values) paste0("[", paste(formatC(values, digits = 17, format = "g"), collapse = ", "), "]")
short <- function(values) paste0("[", paste(format(values, digits = 5, trim = TRUE, scientific = NA), collapse = ", "), "]")
xlogx <- function(z) sum(ifelse(z > 0, z * log(z), 0))

merging <- function(name, X, G) {
  z <- signif(Mclust(X, G = G, modelNames = "VVV", verbose = FALSE)$z, 5)  # short numbers, alike on both sides
  combined <- mclust:::combi(X, list(G = G, z = z))
  current <- diag(G)
  entropies <- clusters <- rep(NA, G)
  for (K in G:1) {
    current <- combined$combiM[[K]] %*% current
    entropies[K] <- -xlogx(combined$combiz[[K]])
    clusters[K] <- short(apply(current == 1, 2, which) - 1)
  }
  merged <- sapply((G - 1):1, function(K) {
    pair <- which(as.logical(combined$combiM[[K]][rowSums(combined$combiM[[K]]) == 2, ]))
    sum(combined$classification[[K + 1]] %in% pair)
  })
  rows <- rev(merged)  # of the step from K + 1 to K clusters
  sprintf(
    paste0(
      '    {"name": "%s", "n_components": %d, "responsibilities_by_row": %s,\n     "clusters": [%s],\n',
      '     "entropies": %s,\n     "rows": %s, "elbow_of_clusters": %d, "elbow_of_rows": %d}'
    ),
    name, G, short(t(z)), paste(clusters, collapse = ", "), numbers(entropies), numbers(rows),
    clustCombiOptim(combined)$numClusters.combi, mclust:::pcws2_reg(cumsum(c(0, rows)), entropies)$c
  )
}

set.seed(1)
t <- runif(60, 0, pi)
moons <- rbind(cbind(cos(t), sin(t)), cbind(1 - cos(t), 0.5 - sin(t))) + rnorm(240, sd = 0.08)
t <- runif(160, 0, 2 * pi)
rings <- rep(c(1, 2), each = 80) * cbind(cos(t), sin(t)) + rnorm(320, sd = 0.05)
cases <- c(merging("moons", moons, 7), merging("rings", rings, 10), merging("iris", as.matrix(iris[, 1:4]), 5))

X <- round(rbind(
  cbind(rnorm(50), rnorm(50)), cbind(rnorm(50, 6, 0.5), rnorm(50, 1, 1.5)), cbind(runif(20, -10, 14), runif(20, -12, 12))
), 3)
noise <- c(97, 101:120)  # a row of a cluster is among them, so that EM has something to mend
control <- emControl(tol = c(1e-13, 1e-13), itmax = c(10000, 10000))
classes <- rep(-1, nrow(X))
classes[-noise] <- hclass(hc(X[-noise, ], modelName = "VVV", use = "VARS"), 2) - 1
noisy <- sapply(c("VVV", "EEE", "VVI", "VII"), function(model) {
  fit <- Mclust(
    X, G = 2, modelNames = model, control = control, verbose = FALSE,
    initialization = list(noise = noise, hcPairs = hc(X[-noise, ], modelName = "VVV", use = "VARS"))
  )
  sprintf(
    paste0(
      '    {"model": "%s", "log_likelihood": %s, "shares": %s, "means_by_component": %s,\n     "bic": %s, "n_parameters": %d,',
      ' "labels": %s}'
    ),
    model, formatC(fit$loglik, digits = 17, format = "g"), numbers(fit$parameters$pro), numbers(fit$parameters$mean),
    formatC(fit$bic, digits = 17, format = "g"), as.integer(fit$df), short(fit$classification - 1)
  )
})
cat(
  "{\n",
  sprintf('  "mclust": "%s",\n  "R": "%s",\n', packageVersion("mclust"), getRversion()),
  '  "merging": [\n', paste(cases, collapse = ",\n"), "\n  ],\n",
  sprintf('  "noise_rows": %s,\n  "noise_start": %s,\n', short(t(X)), short(classes)),
  sprintf('  "volume": %s,\n', formatC(hypvol(X), digits = 17, format = "g")),
  sprintf('  "volume_of_iris": %s,\n', formatC(hypvol(as.matrix(iris[, 1:4])), digits = 17, format = "g")),
  '  "noise": [\n', paste(noisy, collapse = ",\n"), "\n  ]\n}\n",
  sep = "", file = "tests/against/mclust_clusters.json"
)
