package dev.tribunal.contracts.access.v1;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change that a caller asked for, whether it was let or not. It has no part of the request's body or query.
 *
 * @param id rises with time
 * @param caller its name; see {@link CallerResource}
 * @param namespace that it acted in
 * @param method of HTTP
 * @param route the operation, as the OpenAPI document has it; absent where there is none
 * @param path of the resource
 * @param status what it was answered; absent if the gateway ended before
 * @param requestId as in the answer and the services' logs
 * @param address that the request came from, as the gateway sees it: a proxy's, where there is one
 */
public record AuditEntry(
        long id,
        Instant at,
        String caller,
        String namespace,
        String method,
        @Nullable String route,
        String path,
        @Nullable Integer status,
        String requestId,
        String address) {}
