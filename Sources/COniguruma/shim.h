// Oniguruma as Swift can call it: its encodings and syntaxes are global variables and macros.
#include <oniguruma.h>

/// Makes the library ready; to be called once.
static inline int oniguruma_initialize(void) {
  OnigEncoding encodings[] = {ONIG_ENCODING_UTF8};
  return onig_initialize(encodings, 1);
}

/// Compiles the UTF-8 pattern between two places with the syntax that Oniguruma calls its own.
static inline int oniguruma_compile(regex_t **regex, const unsigned char *start, const unsigned char *end) {
  OnigErrorInfo error;
  return onig_new(regex, start, end, ONIG_OPTION_NONE, ONIG_ENCODING_UTF8, ONIG_SYNTAX_ONIGURUMA, &error);
}

/// A search from `from` on in the text between `start` and `end`; its result is the place of the match,
/// ONIG_MISMATCH, or an error.
///
/// `retries` bounds the work of one search.
static inline int oniguruma_search(regex_t *regex, const unsigned char *start, const unsigned char *end,
                                   const unsigned char *from, OnigRegion *region, unsigned long retries) {
  OnigMatchParam *limits = onig_new_match_param();
  if (!limits)
    return ONIGERR_MEMORY;
  onig_initialize_match_param(limits);
  onig_set_retry_limit_in_match_of_match_param(limits, retries);
  onig_set_retry_limit_in_search_of_match_param(limits, retries);
  onig_set_match_stack_limit_size_of_match_param(limits, 0);
  int place = onig_search_with_param(regex, start, end, from, end, region, ONIG_OPTION_NONE, limits);
  onig_free_match_param(limits);
  return place;
}
