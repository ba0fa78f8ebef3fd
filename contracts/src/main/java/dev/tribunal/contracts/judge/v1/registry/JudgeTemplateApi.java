package dev.tribunal.contracts.judge.v1.registry;

import dev.tribunal.contracts.common.Page;
import org.springframework.web.service.annotation.GetExchange;

/** The questions that ship. */
public interface JudgeTemplateApi {

    /** All versions of all questions, which registrations of judges can name. */
    @GetExchange("/v1/judge-templates")
    Page<JudgeTemplateResource> templates();
}
