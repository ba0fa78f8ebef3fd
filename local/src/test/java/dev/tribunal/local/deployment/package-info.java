/** Checks what lies in the project's root for deployment: images, the compose file, the Kubernetes manifests. */
@NullMarked
package dev.tribunal.local.deployment;

import org.jspecify.annotations.NullMarked;
