/**
 * Judges that register themselves on Kubernetes.
 *
 * <p>Input: the Services that carry the label {@code tribunal.dev/judge: "true"}; output: registrations, which pass
 * through the same gate as all others, and drained judges where a Service is gone. Off unless
 * {@code tribunal.judge.kubernetes.enabled} says otherwise.
 */
@NullMarked
package dev.tribunal.judge.kubernetes;

import org.jspecify.annotations.NullMarked;
