/**
 * Judges that do not speak judge/v1: servers of other systems, and OpenAI's graders.
 *
 * <p>Input: a {@link dev.tribunal.contracts.judge.v1.JudgeProtocol}; output: a call that the fan-out makes like any
 * other judge's, which turns scores into verdicts at the protocol's threshold. An item without a finite score is
 * undecided.
 */
@NullMarked
package dev.tribunal.judge.protocols;

import org.jspecify.annotations.NullMarked;
