// Oniguruma as Swift can call it: its encodings and syntaxes are global variables and macros.
#include <oniguruma.h>
#include <time.h>

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

/// What a search may cost.
typedef struct {
  /// How often it may go back and try another way.
  unsigned long retries;
  /// Nanoseconds of CLOCK_MONOTONIC when it has to be done.
  long long deadline;
  unsigned long calls;
} OnigurumaLimits;

/// Nanoseconds of CLOCK_MONOTONIC.
static inline long long oniguruma_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

/// Ends a search that takes too long: called wherever the pattern has `(?{})`.
static inline int oniguruma_check_time(OnigCalloutArgs *arguments, void *data) {
  (void)arguments;
  OnigurumaLimits *limits = (OnigurumaLimits *)data;
  if (++limits->calls % 16 == 0 && oniguruma_now() > limits->deadline)
    return ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER;
  return ONIG_CALLOUT_SUCCESS;
}

/// A search from `from` on in the text between `start` and `end`; its result is the place of the match,
/// ONIG_MISMATCH, or an error.
static inline int oniguruma_search(regex_t *regex, const unsigned char *start, const unsigned char *end,
                                   const unsigned char *from, OnigRegion *region, OnigurumaLimits *limits) {
  OnigMatchParam *parameters = onig_new_match_param();
  if (!parameters)
    return ONIGERR_MEMORY;
  onig_initialize_match_param(parameters);
  onig_set_retry_limit_in_match_of_match_param(parameters, limits->retries);
  onig_set_retry_limit_in_search_of_match_param(parameters, limits->retries);
  onig_set_match_stack_limit_size_of_match_param(parameters, 0);
  onig_set_progress_callout_of_match_param(parameters, oniguruma_check_time);
  onig_set_callout_user_data_of_match_param(parameters, limits);
  int place = onig_search_with_param(regex, start, end, from, end, region, ONIG_OPTION_NONE, parameters);
  onig_free_match_param(parameters);
  return place;
}
