package dev.tribunal.contracts.runs.v1.method;

import dev.tribunal.contracts.common.MaxBody;
import dev.tribunal.contracts.common.Page;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.annotation.PostExchange;

/** Methods: what runs can learn by. */
public interface MethodsApi {

    /** All methods, with their hyperparameters. */
    @GetExchange("/v1/methods")
    Page<MethodResource> list();

    /**
     * What a method makes of groups of rollouts, without a model: to learn what it does, and to check it by hand. Nothing
     * is kept.
     *
     * @param trial JSON or YAML
     */
    @PostExchange("/v1/methods/{name}/trials")
    @MaxBody(mebibytes = 4)
    MethodTrialResource tryOut(
            @PathVariable("name") String name,
            @RequestBody String trial,
            @RequestHeader("Content-Type") String contentType);
}
