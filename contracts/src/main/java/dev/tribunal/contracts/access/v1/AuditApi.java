package dev.tribunal.contracts.access.v1;

import dev.tribunal.contracts.common.Page;
import dev.tribunal.contracts.common.Text;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.service.annotation.GetExchange;

/** The log of who changed what. */
public interface AuditApi {

    /**
     * Changes, the latest first. An admin of some namespaces sees those that callers made in them.
     *
     * @param caller only this one's
     * @param namespace only those in this one
     * @param path only resources whose path begins so
     * @param since only those from then on, RFC 3339
     * @param until only those before
     */
    @GetExchange("/v1/audit")
    Page<AuditEntry> list(
            @RequestParam(name = "caller", required = false) @Text(max = 300) @Nullable String caller,
            @RequestParam(name = "namespace", required = false) @Text(max = 63) @Nullable String namespace,
            @RequestParam(name = "path", required = false) @Text(max = 1000) @Nullable String path,
            @RequestParam(name = "since", required = false) @Nullable String since,
            @RequestParam(name = "until", required = false) @Nullable String until,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @RequestParam(name = "limit", defaultValue = "50") @Min(1) @Max(Page.MAX_LIMIT) @Nullable Integer limit);
}
