package dev.tribunal.trainer.store;

import dev.tribunal.contracts.runs.v1.run.Artifact;

/**
 * What a stage left, and the run's numbers when it was finished: what the run has up to there stays when it goes on after
 * the stage.
 */
record StoredArtifact(Artifact artifact, long lastCommit, long lastEpisode, long lastEvent) {}
