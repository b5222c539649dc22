/**
 * What an analyst's query may call. Everything else is refused, functions of a later engine included, until somebody reads
 * what they do and adds them here. Left out on purpose: whatever reads outside the query's tables (files, dictionaries,
 * settings, other tables, the host, the network), internals, functions that take the name of a format, a query or a
 * template, and functions that are quadratic in a value's length or make huge values out of nothing, for the engine cannot
 * stop in the middle of a block.
 * A test holds the lists against the engine's own system.functions.
 */
const SCALAR = `
  and or not xor if multiIf caseWithExpression caseWithoutExpression caseWithExpr caseWithoutExpr clamp greatest least
  equals notEquals less lessOrEquals greater greaterOrEquals isDistinctFrom isNotDistinctFrom
  in notIn nullIn notNullIn globalIn globalNotIn globalNullIn globalNotNullIn
  isNull isNotNull isNullable isZeroOrNull assumeNotNull toNullable coalesce ifNull nullIf firstNonDefault
  identity materialize ignore toTypeName rowNumberInAllBlocks currentDatabase current_database

  plus minus multiply divide intDiv intDivOrZero intDivOrNull divideOrNull modulo mod moduloOrZero moduloOrNull modOrNull
  positiveModulo negate abs sign gcd lcm max2 min2 avg2 midpoint sqr isFinite isInfinite isNaN ifNotFinite
  multiplyDecimal divideDecimal bitAnd bitOr bitXor bitNot bitCount bitTest bitTestAny bitTestAll bitShiftLeft bitShiftRight
  bitHammingDistance e pi exp exp2 exp10 log ln log2 log10 log1p sqrt cbrt pow power hypot sin cos tan asin acos atan atan2
  sinh cosh tanh sigmoid erf erfc factorial degrees radians widthBucket width_bucket proportionsZTest
  minSampleSizeContinuous minSampleSizeConversion
  ceil ceiling floor round roundBankers roundToExp2 roundDown roundDuration trunc truncate

  toBool toInt8 toInt16 toInt32 toInt64 toInt128 toInt256 toUInt8 toUInt16 toUInt32 toUInt64 toUInt128 toUInt256
  toInt8OrZero toInt16OrZero toInt32OrZero toInt64OrZero toInt8OrNull toInt16OrNull toInt32OrNull toInt64OrNull
  toInt8OrDefault toInt16OrDefault toInt32OrDefault toInt64OrDefault
  toUInt8OrZero toUInt16OrZero toUInt32OrZero toUInt64OrZero toUInt8OrNull toUInt16OrNull toUInt32OrNull toUInt64OrNull
  toUInt8OrDefault toUInt16OrDefault toUInt32OrDefault toUInt64OrDefault
  toFloat32 toFloat64 toFloat32OrZero toFloat64OrZero toFloat32OrNull toFloat64OrNull toFloat32OrDefault toFloat64OrDefault
  toDecimal32 toDecimal64 toDecimal128 toDecimal64OrNull toDecimal64OrZero toDecimalString toString toFixedString
  toStringCutToZero toLowCardinality CAST _CAST accurateCast accurateCastOrNull accurateCastOrDefault
  reinterpretAsUInt64 reinterpretAsInt64 reinterpretAsString toUUID toUUIDOrNull toUUIDOrZero

  now now64 today yesterday curdate current_date current_timestamp timezone toTimezone toTimeZone timezoneOf timezoneOffset
  UTCTimestamp toDate DATE toDate32 toDateOrNull toDateOrZero toDateTime toDateTime32 toDateTime64 toDateTimeOrNull
  toDateTimeOrZero toDateTime64OrNull toDateTime64OrZero timestamp makeDate makeDateTime makeDateTime64
  parseDateTime parseDateTimeOrNull parseDateTimeOrZero str_to_date parseDateTimeBestEffort parseDateTimeBestEffortOrNull
  parseDateTimeBestEffortOrZero parseDateTime64BestEffort parseDateTime64BestEffortOrNull parseDateTime64BestEffortOrZero
  parseDateTime32BestEffort parseDateTime32BestEffortOrNull
  toUnixTimestamp toUnixTimestamp64Second toUnixTimestamp64Milli toUnixTimestamp64Micro toUnixTimestamp64Nano
  fromUnixTimestamp FROM_UNIXTIME fromUnixTimestamp64Second fromUnixTimestamp64Milli fromUnixTimestamp64Micro
  fromUnixTimestamp64Nano formatDateTime DATE_FORMAT formatDateTimeInJodaSyntax dateName monthName
  toYear YEAR toQuarter QUARTER toMonth MONTH toDayOfYear DAYOFYEAR toDayOfMonth DAY DAYOFMONTH toDayOfWeek DAYOFWEEK
  toHour HOUR toMinute MINUTE toSecond SECOND toMillisecond MILLISECOND toMicrosecond toNanosecond toISOWeek toISOYear toWeek
  week toYearWeek toMonday toDaysInMonth toLastDayOfMonth LAST_DAY toLastDayOfWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss
  toStartOfYear toStartOfISOYear toStartOfQuarter toStartOfMonth toStartOfWeek toStartOfDay toStartOfHour toStartOfMinute
  toStartOfSecond toStartOfMillisecond toStartOfFiveMinutes toStartOfFiveMinute toStartOfTenMinutes toStartOfFifteenMinutes
  toStartOfInterval time_bucket date_bin dateTrunc DATE_TRUNC timeSlot timeSlots tumble tumbleStart tumbleEnd hop hopStart hopEnd
  toRelativeDayNum toRelativeHourNum toRelativeMinuteNum toRelativeSecondNum toRelativeWeekNum toRelativeMonthNum
  dateDiff DATE_DIFF date_diff TIMESTAMP_DIFF timestampDiff age timeDiff addDate subDate addInterval subtractInterval
  addYears addQuarters addMonths addWeeks addDays addHours addMinutes addSeconds addMilliseconds addMicroseconds addNanoseconds
  subtractYears subtractQuarters subtractMonths subtractWeeks subtractDays subtractHours subtractMinutes subtractSeconds
  subtractMilliseconds subtractMicroseconds subtractNanoseconds
  toInterval toIntervalNanosecond toIntervalMicrosecond toIntervalMillisecond toIntervalSecond toIntervalMinute
  toIntervalHour toIntervalDay toIntervalWeek toIntervalMonth toIntervalQuarter toIntervalYear

  length LENGTH lengthUTF8 CHAR_LENGTH CHARACTER_LENGTH OCTET_LENGTH CARDINALITY empty notEmpty reverse reverseUTF8
  lower lowerUTF8 lcase upper upperUTF8 ucase initcap initcapUTF8 concat concatWithSeparator concat_ws
  substring substr mid substringUTF8 substringIndex SUBSTRING_INDEX left leftUTF8 right rightUTF8 leftPad lpad rightPad rpad
  trim trimLeft ltrim trimRight rtrim trimBoth startsWith startsWithUTF8 startsWithCaseInsensitive
  endsWith endsWithUTF8 endsWithCaseInsensitive ascii char isValidUTF8 isValidASCII toValidUTF8 firstLine basename
  format printf overlay replaceOne replaceAll replace replaceRegexpOne replaceRegexpAll REGEXP_REPLACE translate
  translateUTF8 regexpQuoteMeta position locate instr positionUTF8 positionCaseInsensitive positionCaseInsensitiveUTF8
  like notLike ilike notILike match REGEXP_MATCHES extract extractAll regexpExtract REGEXP_EXTRACT REGEXP_SUBSTR
  extractGroups extractAllGroups extractAllGroupsVertical extractAllGroupsHorizontal countMatches countSubstrings
  countSubstringsCaseInsensitive countMatchesCaseInsensitive hasToken hasTokenCaseInsensitive hasTokenOrNull
  hasTokenCaseInsensitiveOrNull hasSubsequence hasSubsequenceCaseInsensitive
  multiSearchAny multiSearchAnyCaseInsensitive multiSearchFirstIndex multiSearchFirstPosition multiSearchAllPositions
  multiSearchAnyUTF8 multiSearchAnyCaseInsensitiveUTF8
  splitByChar splitByString splitByRegexp splitByWhitespace splitByNonAlpha alphaTokens splitByAlpha tokens ngrams
  arrayStringConcat array_to_string hex unhex bin base64Encode TO_BASE64 base64Decode FROM_BASE64 tryBase64Decode
  base64URLEncode base64URLDecode tryBase64URLDecode decodeXMLComponent encodeXMLComponent decodeHTMLComponent
  extractTextFromHTML normalizeUTF8NFC normalizeUTF8NFKC stringBytesEntropy stringBytesUniq
  formatReadableSize formatReadableDecimalSize formatReadableQuantity formatReadableTimeDelta parseTimeDelta bar
  byteSize transform CRC32 MD5 SHA1 SHA256 SHA512 cityHash64 farmHash64 halfMD5 intHash32 intHash64 murmurHash3_64 sipHash64
  sipHash128 xxHash64 xxh3 ngramSimHash ngramMinHash ngramDistance ngramSearch wordShingleSimHash
  rand rand32 rand64 generateUUIDv4 UUIDNumToString UUIDStringToNum UUIDv7ToDateTime

  protocol domain domainWithoutWWW domainRFC netloc topLevelDomain firstSignificantSubdomain cutToFirstSignificantSubdomain
  port path pathFull queryString fragment queryStringAndFragment extractURLParameter extractURLParameters
  extractURLParameterNames URLHierarchy URLPathHierarchy cutWWW cutQueryString cutFragment cutQueryStringAndFragment
  cutURLParameter decodeURLComponent encodeURLComponent decodeURLFormComponent
  IPv4NumToString IPv4StringToNum IPv4StringToNumOrNull IPv4NumToStringClassC IPv6NumToString IPv6StringToNum
  IPv6StringToNumOrNull IPv4ToIPv6 toIPv4 toIPv4OrNull toIPv4OrDefault toIPv6 toIPv6OrNull toIPv6OrDefault
  isIPv4String isIPv6String isIPAddressInRange IPv4CIDRToRange IPv6CIDRToRange

  array arrayElement arrayElementOrNull arrayConcat arrayPushBack arrayPushFront arrayPopBack arrayPopFront arraySlice
  arrayReverse arrayRotateLeft arrayRotateRight arrayFlatten flatten arrayCompact arrayDistinct arrayUniq
  arrayEnumerate arrayEnumerateUniq arrayEnumerateDense arrayZip arrayZipUnaligned arrayUnion arrayIntersect arrayExcept
  arraySymmetricDifference arrayRemove arrayJaccardIndex arrayDifference arrayCumSum arrayCumSumNonNegative
  arraySort arrayReverseSort arrayPartialSort arrayMap arrayFilter arrayExists arrayAll arrayCount arrayFirst
  arrayFirstOrNull arrayFirstIndex arrayLast arrayLastOrNull arrayLastIndex arrayFill arrayReverseFill arraySplit
  arrayReverseSplit arraySum arrayAvg arrayMin arrayMax arrayProduct arrayDotProduct arrayReduce arrayJoin unnest
  range has hasAll hasAny hasSubstr indexOf countEqual arrayNormalizedGini
  emptyArrayString emptyArrayUInt64 emptyArrayInt64 emptyArrayFloat64
  tuple tupleElement tupleConcat tupleNames tupleToNameValuePairs flattenTuple tuplePlus tupleMinus dotProduct cosineDistance
  L1Distance L2Distance L2Norm
  map mapFromArrays mapKeys mapValues mapContains mapContainsKey mapContainsKeyLike mapContainsValue mapContainsValueLike
  mapExtractKeyLike mapExtractValueLike mapFilter mapApply mapExists mapAll mapAdd mapSubtract mapConcat mapUpdate mapSort
  mapReverseSort extractKeyValuePairs

  isValidJSON JSONHas JSONLength JSONType JSONKey JSONExtract JSONExtractInt JSONExtractUInt JSONExtractFloat JSONExtractBool
  JSONExtractString JSONExtractRaw JSONExtractArrayRaw JSONExtractKeys JSONExtractKeysAndValues JSONExtractKeysAndValuesRaw
  JSONArrayLength JSON_ARRAY_LENGTH JSON_VALUE JSON_QUERY JSON_EXISTS JSONMergePatch toJSONString JSONAllPaths
  simpleJSONHas simpleJSONExtractInt simpleJSONExtractUInt simpleJSONExtractFloat simpleJSONExtractBool
  simpleJSONExtractString simpleJSONExtractRaw visitParamHas visitParamExtractInt visitParamExtractUInt
  visitParamExtractFloat visitParamExtractBool visitParamExtractString visitParamExtractRaw
`;

const AGGREGATE = `
  count sum sumWithOverflow sumKahan sumCount avg avgWeighted min max any any_value anyLast anyHeavy first_value last_value
  any_respect_nulls anyLast_respect_nulls first_value_respect_nulls last_value_respect_nulls singleValueOrNull
  argMin argMax argAndMin argAndMax min_by max_by uniq uniqExact uniqCombined uniqCombined64 uniqHLL12 uniqUpTo
  groupArray array_agg groupArrayLast groupArraySample groupArraySorted groupArrayInsertAt groupArrayIntersect
  groupArrayMovingAvg groupArrayMovingSum groupUniqArray groupConcat group_concat string_agg
  groupBitAnd groupBitOr groupBitXor BIT_AND BIT_OR BIT_XOR
  quantile quantiles quantileExact quantileExactLow quantileExactHigh quantilesExact quantileExactWeighted quantileTDigest
  quantilesTDigest quantileTDigestWeighted quantileTiming quantilesTiming quantileDeterministic quantileDD quantilesDD
  quantileGK quantileExactInclusive quantileExactExclusive quantileInterpolatedWeighted
  median medianExact medianTDigest medianTiming medianDeterministic
  stddevPop stddevSamp stddevPopStable stddevSampStable STDDEV_POP STDDEV_SAMP STDDEV STD varPop varSamp varPopStable
  varSampStable VAR_POP VAR_SAMP covarPop covarSamp COVAR_POP COVAR_SAMP corr corrStable skewPop skewSamp kurtPop kurtSamp
  entropy topK topKWeighted approx_top_k approx_top_sum approx_top_count histogram sparkbar boundingRatio deltaSum
  deltaSumTimestamp exponentialMovingAverage exponentialTimeDecayedAvg exponentialTimeDecayedSum exponentialTimeDecayedCount
  exponentialTimeDecayedMax simpleLinearRegression studentTTest welchTTest mannWhitneyUTest kolmogorovSmirnovTest meanZTest
  rankCorr cramersV theilsU contingency analysisOfVariance anova categoricalInformationValue
  sequenceMatch sequenceCount sequenceMatchEvents sequenceNextNode windowFunnel retention intervalLengthSum maxIntersections
  maxIntersectionsPosition sumMappedArrays minMappedArrays maxMappedArrays largestTriangleThreeBuckets
  row_number rank denseRank dense_rank percentRank percent_rank cume_dist ntile nth_value lag lead lagInFrame leadInFrame
  nonNegativeDerivative
`;

/** The engine's combinators, longest first so that OrDefault is not read as an unknown rest. */
const COMBINATORS = [
  'simplestate',
  'ordefault',
  'distinct',
  'foreach',
  'argmax',
  'argmin',
  'ornull',
  'merge',
  'state',
  'array',
  'map',
  'if',
];

/** More of them than this on one name is nobody's query. */
const MOST_COMBINATORS = 4;

/** Parts of the language that the parser writes as functions. */
const SYNTAX = 'exists grouping lambda untuple';

function names(list: string): ReadonlySet<string> {
  return new Set(list.toLowerCase().trim().split(/\s+/));
}

const ALLOWED_SYNTAX = names(SYNTAX);
export const ALLOWED_SCALARS = names(SCALAR);
export const ALLOWED_AGGREGATES = names(AGGREGATE);

/** Sources that a FROM clause may call: they make rows out of their arguments alone. */
export const ALLOWED_TABLE_FUNCTIONS = names('numbers generateSeries generate_series values');

/** Names are compared without case, as the engine does for many of them; where it does not, it refuses the name itself. */
export function isAllowedFunction(name: string): boolean {
  const lower = name.toLowerCase();
  return ALLOWED_SYNTAX.has(lower) || ALLOWED_SCALARS.has(lower) || isAllowedAggregate(lower);
}

/** An aggregate function, bare or with combinators: `sum`, `sumIf`, `uniqArrayIf`. */
export function isAllowedAggregate(name: string): boolean {
  let rest = name.toLowerCase();
  for (let stripped = 0; stripped <= MOST_COMBINATORS; stripped++) {
    if (ALLOWED_AGGREGATES.has(rest)) return true;
    const combinator = COMBINATORS.find((suffix) => rest.endsWith(suffix));
    if (!combinator) return false;
    rest = rest.slice(0, -combinator.length);
  }
  return false;
}
